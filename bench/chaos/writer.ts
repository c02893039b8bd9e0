import { WebSocket } from 'ws';
import type * as Y from 'yjs';
import { scriptOf } from '../../shared/src/project/document.ts';
import { LiveDocument, type LiveDocumentOptions } from '../../web/src/lib/live-document.ts';
import type { Random } from './random.ts';

/** One edit that can be told from all others: by its marker it is counted in texts and found in the journal. */
export type Edit = { marker: string; life: number; acknowledgedAt: number | null; replacedBy: string | null };

const pinyin = [
	['yu', 'yugong', 'yugongyishan', '愚公移山'],
	['ta', 'taiyang', 'taiyangchulai', '太阳出来'],
	['shan', 'shanlu', 'shanluhen', '山路很长'],
] as const;

/** Somebody who types without rest, through the product's own live document, and takes down what was shown as saved. */
export class Writer {
	readonly edits: Edit[] = [];
	/** When the save mark showed Saved, and which edits it covered for the first time. */
	readonly savedAt: { at: number; from: number; to: number }[] = [];
	wrong: string[] = [];
	document: LiveDocument;
	private readonly name: string;
	private readonly isChinese: boolean;
	private readonly random: Random;
	private readonly options: Omit<LiveDocumentOptions, 'WebSocket'>;
	private life = 0;
	private firstOfLife = 0;
	private stopped = false;

	constructor(name: string, isChinese: boolean, random: Random, options: Omit<LiveDocumentOptions, 'WebSocket'>) {
		this.name = name;
		this.isChinese = isChinese;
		this.random = random;
		this.options = options;
		this.document = this.open();
	}

	/** Makes edits at this mean rate until it is stopped. */
	async write(perSecond: number): Promise<void> {
		while (!this.stopped) {
			await pause((500 + this.random.below(1000)) / perSecond);
			if (this.stopped) return;
			if (!this.document.canEdit || this.document.closedFor !== null) {
				this.wrong.push(
					`${this.name} was cut off: ${this.document.closedFor} ${JSON.stringify(this.document.refusal)}`,
				);
				return;
			}
			// Who has not seen the document yet has nowhere to type.
			if (scriptOf(this.document.doc).length === 0) continue;
			if (this.random.chance(0.002)) await this.reopen();
			else if (this.random.chance(0.15)) this.deleteOne();
			else if (this.isChinese) await this.compose();
			else this.insert();
		}
	}

	stop(): void {
		this.stopped = true;
	}

	/** Closes the tab, whatever is saved or not, and opens another one. */
	private async reopen(): Promise<void> {
		await this.document.destroy();
		this.life++;
		this.firstOfLife = this.edits.length;
		this.document = this.open();
	}

	/** Everything made in this tab is on its way to be acknowledged. */
	isInThisTab(edit: Edit): boolean {
		return edit.life === this.life;
	}

	private open(): LiveDocument {
		const document = new LiveDocument({
			...this.options,
			WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
		});
		const look = () => {
			const state = document.saveState;
			if (document !== this.document && this.document !== undefined) return;
			if (state !== 'saved') return;
			const at = Date.now();
			let from = this.edits.length;
			while (from > this.firstOfLife && this.edits[from - 1]?.acknowledgedAt === null) from--;
			for (const edit of this.edits.slice(from)) edit.acknowledgedAt = at;
			if (from < this.edits.length) this.savedAt.push({ at, from, to: this.edits.length });
		};
		document.onChange(look);
		return document;
	}

	private newMarker(): string {
		const marker = `${this.name}e${this.edits.length}z`;
		this.edits.push({ marker, life: this.life, acknowledgedAt: null, replacedBy: null });
		return marker;
	}

	private insert(): void {
		const script = scriptOf(this.document.doc);
		const at = aLineStart(script, this.random);
		const heading = this.random.chance(0.01);
		const marker = this.newMarker();
		script.insert(at, heading ? `\nINT. ROOM ${marker} - DAY\n\n` : `${marker} says the old man\n`);
	}

	/** Types pinyin letter by letter as an input method does, and commits characters in its place. */
	private async compose(): Promise<void> {
		const document = this.document;
		const script = scriptOf(document.doc);
		let at = aLineStart(script, this.random);
		const place = () => at;
		const follow = (event: Y.YTextEvent) => {
			let index = 0;
			for (const part of event.delta) {
				if (part.retain !== undefined) index += part.retain;
				else if (typeof part.insert === 'string') {
					if (!event.transaction.local && index <= at) at += part.insert.length;
					index += part.insert.length;
				} else if (part.delete !== undefined && !event.transaction.local && index < at)
					at -= Math.min(part.delete, at - index);
			}
		};
		script.observe(follow);
		let shown = '';
		const [one, two, three, committed] = this.random.pick(pinyin);
		for (const letters of [one, two, three]) {
			document.doc.transact(() => {
				if (shown.length > 0) script.delete(place(), shown.length);
				script.insert(place(), letters);
			});
			shown = letters;
			await pause(10 + this.random.below(30));
			if (this.document !== document) return;
		}
		const marker = this.newMarker();
		document.doc.transact(() => {
			script.delete(place(), shown.length);
			script.insert(place(), `${committed}${marker}，`);
		});
		script.unobserve(follow);
	}

	private deleteOne(): void {
		const candidates = this.edits.slice(-40).filter((edit) => edit.replacedBy === null && this.isInThisTab(edit));
		const edit = candidates[this.random.below(candidates.length)];
		if (edit === undefined) return this.insert();
		const script = scriptOf(this.document.doc);
		const at = script.toString().indexOf(edit.marker);
		if (at < 0) {
			this.wrong.push(`${edit.marker} is gone from the text of its own writer`);
			return;
		}
		// Counted as an edit of its own: deleting is acknowledged like writing.
		const marker = this.newMarker();
		edit.replacedBy = marker;
		this.document.doc.transact(() => {
			script.delete(at, edit.marker.length);
			script.insert(at, marker);
		});
	}
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function aLineStart(script: Y.Text, random: Random): number {
	const text = script.toString();
	const at = text.indexOf('\n', random.below(text.length));
	return at < 0 ? text.length : at + 1;
}
