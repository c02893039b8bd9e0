// Gives a process a clock that can be set: loaded before everything else by `--import`, it shifts every `Date` by the milliseconds that stand in the file CHAOS_CLOCK, also while it runs.
// Timers are left alone, as they are when somebody sets the clock of a machine.
import { readFileSync } from 'node:fs';

const file = process.env['CHAOS_CLOCK'];
if (file !== undefined) {
	const lookMs = 50;
	const Real = Date;
	const read = (): number => Number(readFileSync(file, 'utf8'));
	let shiftMs = read();
	// Half a number is none: the file is being written.
	setInterval(() => void (shiftMs = read() || shiftMs), lookMs).unref();
	const now = (): number => Real.now() + shiftMs;
	const Shifted = new Proxy(Real, {
		construct: (real, given: unknown[], made) =>
			Reflect.construct(real, given.length === 0 ? [now()] : given, made) as object,
		apply: () => new Real(now()).toString(),
		get: (real, key) => (key === 'now' ? now : (Reflect.get(real, key) as unknown)),
	});
	Real.prototype.constructor = Shifted;
	globalThis.Date = Shifted;
}
