/** JSON with sorted keys, so that equal requests give equal text. */
function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (value !== null && typeof value === 'object') {
		const entries = Object.entries(value).filter(([, item]) => item !== undefined);
		return `{${entries
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
			.join(',')}}`;
	}
	return JSON.stringify(value) ?? 'null';
}

/** The text whose digest is a take's fingerprint: the same provider and request give the same text. */
export const recipeText = (provider: string, request: unknown): string => canonical({ provider, request });
