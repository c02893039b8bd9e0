import { XMLParser } from 'fast-xml-parser';
import { Problem } from '../problem.ts';

/** One element of an XML file; words are plain strings among its children. */
export type XmlElement = { name: string; attributes: Record<string, string>; children: (XmlElement | string)[] };

/** How deep and how large a file may be before it is parsed at all. */
const most = { depth: 100, elements: 400_000 };
const token =
	/<(?:!--[\s\S]*?-->|!\[CDATA\[[\s\S]*?\]\]>|\?[\s\S]*?\?>|(\/?)([\p{L}_:][\p{L}\p{N}_:.-]*)((?:"[^"]*"|'[^']*'|[^'"<>])*)>)|</gu;
const entity = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi;
const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const refuse = (why: string): Problem => new Problem('not-a-script', `The XML of the file is damaged: ${why}.`);

/** Looks at every tag once: balanced, not too deep, not too many, and nothing that defines entities. */
function check(text: string): void {
	const open: string[] = [];
	let elements = 0;
	for (const [whole, closing, name, rest = ''] of text.matchAll(token)) {
		if (whole === '<') throw refuse('it has a sign < that opens no tag, or a document type, which is not read');
		if (name === undefined) continue;
		if (closing) {
			if (open.pop() !== name) throw refuse(`</${name.slice(0, 40)}> closes what is not open`);
		} else if (!rest.endsWith('/')) open.push(name);
		if ((elements += 1) > most.elements || open.length > most.depth) throw refuse('it is nested too deep or too large');
	}
	if (open.length > 0) throw refuse(`<${(open.at(-1) ?? '').slice(0, 40)}> is never closed`);
	if (elements === 0) throw refuse('it has no element');
}

const decode = (text: string): string =>
	text.includes('&')
		? text.replace(entity, (whole, hex?: string, decimal?: string, name?: string) => {
				if (name) return named[name.toLowerCase()] ?? whole;
				const code = hex ? parseInt(hex, 16) : Number(decimal);
				return code > 0x10ffff || code === 0 || (code >= 0xd800 && code < 0xe000)
					? '\ufffd'
					: String.fromCodePoint(code);
			})
		: text;

type Raw = Record<string, unknown>;

function build(list: readonly Raw[]): (XmlElement | string)[] {
	const children: (XmlElement | string)[] = [];
	for (const raw of list) {
		if ('#text' in raw) {
			children.push(decode(String(raw['#text'])));
			continue;
		}
		const name = Object.keys(raw).find((key) => key !== ':@');
		if (name === undefined || name.startsWith('?')) continue;
		if (name === '#cdata') {
			children.push(String((raw[name] as Raw[])[0]?.['#text'] ?? ''));
			continue;
		}
		const given = (raw[':@'] ?? {}) as Record<string, unknown>;
		const attributes = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, decode(String(value))]));
		children.push({ name, attributes, children: build(raw[name] as Raw[]) });
	}
	return children;
}

/** Reads an XML file into its root element; damaged, bombed or endless ones are refused before they cost anything. */
export function parseXml(text: string): XmlElement {
	check(text);
	const parser = new XMLParser({
		preserveOrder: true,
		ignoreAttributes: false,
		attributeNamePrefix: '',
		trimValues: false,
		parseTagValue: false,
		parseAttributeValue: false,
		processEntities: false,
		cdataPropName: '#cdata',
		maxNestedTags: most.depth + 1,
	});
	let raw: Raw[];
	try {
		raw = parser.parse(text) as Raw[];
	} catch (error) {
		throw new Problem('not-a-script', 'The XML of the file is damaged.', { cause: error });
	}
	const root = build(raw).find((node) => typeof node !== 'string');
	if (root === undefined || typeof root === 'string') throw refuse('it has no element');
	return root;
}

/** The child elements of that name. */
export const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
	element.children.filter((child): child is XmlElement => typeof child !== 'string' && child.name === name);

/** All words within an element. */
export const textOf = (element: XmlElement): string =>
	element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');

/** Words as XML holds them; what XML cannot hold becomes a mark of its own. */
export const escapeXml = (text: string): string =>
	text
		.toWellFormed()
		.replace(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
		.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)
		.replace(/\r/g, '&#13;');
