import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { problems } from '@reelroom/shared/problem.ts';
import { expect, test } from 'vitest';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

const web = resolve(import.meta.dirname, '../..');
const shared = resolve(import.meta.dirname, '../../../../shared/src');
/** The text of every source file below a folder, but for tests and the dictionaries themselves. */
const sourceOf = (folder: string): string =>
	readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((path) => /\.(ts|svelte)$/.test(path) && !/\.test\.ts$|i18n\/(en|zh-CN)\b/.test(path.replaceAll('\\', '/')))
		.map((path) => readFileSync(join(folder, path), 'utf8'))
		.join('\n');

const keysOf = (dictionary: Record<string, Record<string, string>>): string[] =>
	Object.entries(dictionary)
		.flatMap(([room, words]) => Object.keys(words).map((word) => `${room}.${word}`))
		.sort();

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Says of a key whether the source names it: whole, by the part before a composed rest, or composed wholly of a word that is named elsewhere. */
function isUsed(key: string, source: string, vocabulary: string): boolean {
	const [room = '', word = ''] = key.split('.');
	if (room === 'problems') return word in problems;
	if (new RegExp(`['"\`]${literal(key)}['"\`]`).test(source)) return true;
	const starts = [...source.matchAll(new RegExp(`\`${room}\\.([\\w-]*)\\$\\{`, 'g'))].map(([, start = '']) => start);
	if (starts.some((start) => start !== '' && word.startsWith(start))) return true;
	return starts.includes('') && new RegExp(`['"]${literal(word)}['"]|\\b${literal(word)}:`).test(vocabulary);
}

test('both languages have the same words', () => {
	expect(keysOf(zhCN)).toEqual(keysOf(en));
});

test('every word of the dictionaries is shown somewhere', () => {
	const source = sourceOf(web);
	const vocabulary = source + sourceOf(shared);
	expect(keysOf(en).filter((key) => !isUsed(key, source, vocabulary))).toEqual([]);
});
