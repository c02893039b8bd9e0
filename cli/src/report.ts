/** Tells how far a long command is: a bar on a terminal, JSON lines for programs, else a line per stage. */
export interface Report {
	stage(name: string, words: string): void;
	progress(name: string, done: number, all: number, words?: string): void;
	warn(line: string): void;
	done(result: Record<string, unknown>, words: string): void;
	failed(code: string, words: string): void;
}

interface Out {
	write(text: string): unknown;
	isTTY?: boolean;
	columns?: number;
}

/** Creates the report that fits where the output goes. */
export function createReport({
	json,
	out = process.stdout,
	err = process.stderr,
}: {
	json: boolean;
	out?: Out;
	err?: Out;
}): Report {
	if (json) return jsonLines(out);
	const bar = err.isTTY === true;
	let drawn = false;
	const line = (text: string) => {
		err.write(`${drawn ? '\r\x1b[K' : ''}${text}\n`);
		drawn = false;
	};
	return {
		stage: (_name, words) => line(words),
		progress(_name, done, all, words = '') {
			if (!bar) return;
			err.write(`\r\x1b[K${formatBar(done, all, Math.min(40, (err.columns ?? 80) - 40))} ${words}`.trimEnd());
			drawn = true;
		},
		warn: line,
		done(_result, words) {
			if (drawn) err.write('\r\x1b[K');
			drawn = false;
			out.write(`${words}\n`);
		},
		failed: (_code, words) => line(words),
	};
}

function jsonLines(out: Out): Report {
	const write = (event: string, more: Record<string, unknown>) => out.write(`${JSON.stringify({ event, ...more })}\n`);
	let last = '';
	return {
		stage: (stage, message) => write('stage', { stage, message }),
		progress(stage, done, all, message) {
			const now = `${stage} ${done} ${all}`;
			if (now === last) return;
			last = now;
			write('progress', { stage, done, all, ...(message ? { message } : {}) });
		},
		warn: (message) => write('warning', { message }),
		done: (result, message) => write('done', { ...result, message }),
		failed: (code, message) => write('failed', { code, message }),
	};
}

/** A bar of the given width with its percentage. */
export function formatBar(done: number, all: number, width: number): string {
	const part = all > 0 ? Math.min(1, Math.max(0, done / all)) : 0;
	const full = Math.round(part * Math.max(4, width));
	return `[${'█'.repeat(full)}${'·'.repeat(Math.max(4, width) - full)}] ${String(Math.round(part * 100)).padStart(3)} %`;
}
