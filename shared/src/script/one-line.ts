// A look behind keeps each of these from trying a long run of blanks again at every blank of it: a line of blanks must not take minutes.

/** Words on one line: newlines with the blanks around them become one space. */
export const onOneLine = (text: string): string => text.replace(/(?<!\s)\s*\n\s*/g, ' ');

/** Lines without the blanks at their ends that meet; what stands before the first and behind the last stays. */
export function tidyLines(text: string): string {
	const lines = text.split('\n');
	return lines
		.map((line, at) => (at > 0 ? line.trimStart() : line))
		.map((line, at) => (at < lines.length - 1 ? line.trimEnd() : line))
		.join('\n');
}

/** Words without the brackets around them. */
export const unbracketed = (text: string): string => text.replace(/^[（(]\s*/, '').replace(/(?<!\s)\s*[)）]$/, '');
