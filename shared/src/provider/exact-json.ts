/** JSON whose whole numbers stay exact: those that a double cannot hold are `bigint`. ComfyUI's seeds go up to 2^64 - 1. */
export type ExactJson = null | boolean | number | bigint | string | ExactJson[] | { [key: string]: ExactJson };

/** Longer ones count nothing, and to read exactly what has a million digits would take seconds. */
const wholeNumber = /^-?\d{1,40}$/;

/** Reads JSON; whole numbers outside the safe range, of up to 40 digits, become `bigint` instead of being rounded. Throws `SyntaxError` as `JSON.parse` does. */
export function parseExactJson(text: string): ExactJson {
	const revive = (_key: string, value: unknown, context?: { source?: string }): unknown => {
		if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
		const source = context?.source;
		return source !== undefined && wholeNumber.test(source) ? BigInt(source) : value;
	};
	return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as ExactJson;
}

/** Writes JSON with each `bigint` as the whole number it is; what is `undefined` is left out. `spaced` writes as Python does. */
export function formatExactJson(value: unknown, spaced = false): string {
	const [comma, colon] = spaced ? [', ', ': '] : [',', ':'];
	const write = (item: unknown): string => {
		if (typeof item === 'bigint') return item.toString();
		if (Array.isArray(item)) return `[${item.map((each) => write(each ?? null)).join(comma)}]`;
		if (item === null || typeof item !== 'object') return JSON.stringify(item) ?? 'null';
		return `{${Object.entries(item)
			.filter(([, each]) => each !== undefined)
			.map(([key, each]) => `${JSON.stringify(key)}${colon}${write(each)}`)
			.join(comma)}}`;
	};
	return write(value);
}
