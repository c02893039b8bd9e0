import type { Asset } from '../src/bible/asset.ts';

/** A thing of a bible, of nothing in particular but its name. */
export const anAsset = (name: string, fields: Partial<Asset> = {}): Asset => ({
	id: `asset-${[...name].map((letter) => letter.codePointAt(0)?.toString(36)).join('')}`,
	kind: 'character',
	name,
	aliases: [],
	description: '',
	negative: '',
	lora: '',
	seed: null,
	order: 'a0',
	omitted: false,
	variants: [],
	pictures: [],
	...fields,
});
