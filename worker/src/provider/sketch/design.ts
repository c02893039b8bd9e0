import type { Colour } from './colour.ts';
import { createRandom, hashText } from './random.ts';

type Age = 'child' | 'adult' | 'elder' | 'giant';
export type Design = {
	age: Age;
	height: number;
	heads: number;
	/** Half width of the head in head heights. */
	headWidth: number;
	woman: boolean;
	skin: Colour;
	main: Colour;
	sub: Colour;
	leg: Colour;
	hair: Colour;
	sash: Colour | null;
	girth: number;
	top: 'robe' | 'tunic' | 'coat' | 'dress' | 'bare';
	hairdo: 'bun' | 'tufts' | 'long' | 'short' | 'wild';
	hat: 'top' | 'crown' | 'kerchief' | 'straw' | null;
	beard: boolean;
	apron: boolean;
	barefoot: boolean;
	shawl: boolean;
};

const builds: Record<Age, { height: number; heads: number; headWidth: number }> = {
	child: { height: 1.2, heads: 4.9, headWidth: 0.45 },
	adult: { height: 1.72, heads: 7.1, headWidth: 0.385 },
	elder: { height: 1.6, heads: 6.5, headWidth: 0.385 },
	giant: { height: 1.95, heads: 8.6, headWidth: 0.38 },
};

/** The look of a character: the same for the same name, traits and colours, in every shot and style. */
export function designCharacter(
	name: string,
	traits: string[],
	chinese: boolean,
	clothes: string | null,
	hair: string | null,
): Design {
	const random = createRandom(`design${name}`);
	const has = (trait: string) => traits.includes(trait);
	const age: Age = has('giant') ? 'giant' : has('child') ? 'child' : has('elder') ? 'elder' : 'adult';
	const woman = has('woman') && !has('man');
	const main = random.pick([
		'#5b6e86',
		'#7c5a4a',
		'#6b7350',
		'#7d4f5b',
		'#4d5a66',
		'#8a7350',
		'#58627e',
		'#4f7a74',
		'#93603f',
		'#6a5580',
	]);
	const ownHair =
		age === 'elder' ? '#e6e4de' : chinese ? '#2a2422' : random.pick(['#3c2a1e', '#5a3d22', '#b98a4a', '#2b2320']);
	const build = builds[age];
	const design: Design = {
		...build,
		age,
		woman,
		main: clothes ?? main,
		hair: hair ?? ownHair,
		height: build.height * (1 + (random() - 0.5) * 0.06),
		skin: chinese ? '#e2b48c' : random.pick(['#ecc4a2', '#e6b896', '#d9a47e', '#f0ccae']),
		sub: chinese ? '#e7dcc3' : '#d9cdb4',
		leg: chinese ? '#5d564c' : '#4a4038',
		sash: chinese ? random.pick(['#8c3b2e', '#2f4a52', '#3b3a36', '#6b4a2c']) : null,
		girth: has('fat') ? 1.3 : has('thin') ? 0.86 : 1,
		top: chinese ? 'tunic' : woman ? 'dress' : 'coat',
		hairdo: chinese ? 'bun' : woman ? 'long' : 'short',
		hat: has('tallhat') ? 'top' : has('god') ? 'crown' : has('strawhat') ? 'straw' : null,
		beard: has('beard'),
		apron: has('apron'),
		barefoot: has('barefoot') || has('giant'),
		shawl: has('shawl') || (age === 'elder' && woman && !chinese),
	};
	if (chinese) {
		if (has('god') || has('robe') || woman || (age === 'elder' && hashText(name) % 2 === 1)) design.top = 'robe';
		if (age === 'child') design.hairdo = 'tufts';
	} else {
		if (woman && age === 'elder') design.hairdo = 'bun';
		if (woman && age === 'child' && !design.hat) design.hat = 'kerchief';
		if (has('robe')) design.top = 'robe';
	}
	if (has('giant'))
		Object.assign(design, {
			top: 'bare',
			main: '#7a5a44',
			skin: '#b98a66',
			hairdo: 'wild',
			beard: true,
			hair: '#2a2422',
		});
	if (has('god')) Object.assign(design, { main: '#c79a3c', sash: '#8c2f26', hair: '#2a2422', beard: true });
	return design;
}
