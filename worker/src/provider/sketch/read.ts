import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { designCharacter } from './design.ts';
import { isPose } from './pose.ts';
import type { PoseName } from './pose.ts';
import { placeKinds } from './scene.ts';
import type { CastMember, Daylight, InsertKind, Mood, PlaceKind, Spec } from './scene.ts';
import { allKinds, firstKind, mentions, placeOf, words } from './words.ts';

const hasHan = /\p{Script=Han}/u;
const farAway: PlaceKind[] = [
	'mountain',
	'river',
	'sea',
	'city',
	'street',
	'village',
	'hillside',
	'rooftops',
	'palace',
	'temple',
	'field',
	'sky',
	'forest',
];
const isPlace = (kind: string): kind is PlaceKind => placeKinds.some((place) => place === kind);

/** The place that a heading names; the rest of the shot's words help when it names none that is known. */
export function readPlace(place: string, text: string, inside: boolean): PlaceKind {
	for (const source of [place, text]) {
		const row = words.places.find(({ kind, inside: indoors, ...row }) => {
			if (!isPlace(kind) || (indoors && !inside) || (inside && farAway.includes(kind))) return false;
			return mentions({ kind, ...row }, source);
		});
		const found = words.places.find((candidate) => candidate.kind === row?.kind && candidate.inside === row.inside);
		if (found && isPlace(found.kind)) return found.kind;
		if (inside) break;
	}
	const chinese = hasHan.test(place + text);
	if (inside) return chinese ? 'hall' : 'room';
	return place || text ? (chinese ? 'village' : 'street') : 'sky';
}

function readDaylight({ timeOfDay, place }: GenerationRequest['shot'], text: string): Daylight {
	if (timeOfDay !== 'unknown') return timeOfDay;
	const kind =
		firstKind(words.times, place) ??
		firstKind(
			words.times.filter((row) => row.kind !== 'day'),
			text,
		);
	return kind === 'dawn' || kind === 'morning' || kind === 'dusk' || kind === 'evening' || kind === 'night'
		? kind
		: 'day';
}

function readMood(text: string, fallback: Mood): Mood {
	const kind = firstKind(words.moods, text);
	return kind === 'sad' || kind === 'laugh' || kind === 'angry' || kind === 'awe' ? kind : fallback;
}

/** Clothes and hair colour out of a description such as "red coat, white hair" or 红衣白发. */
export function readColours(description: string): { clothes: string | null; hair: string | null } {
	let clothes: string | null = null;
	let hair: string | null = null;
	for (const row of words.colours) {
		const start = placeOf(row, description);
		if (start < 0) continue;
		const after = description.slice(start).split(/[,，、;；。.]/)[0] ?? '';
		if (/\bhair|\bbeard|发|胡/i.test(after)) hair ??= row.kind;
		else if (!/\beye|\bskin|眼|肤/i.test(after)) clothes ??= row.kind;
	}
	return { clothes, hair };
}

/** Words that are about one character: the clauses that name it, and the ones after them until another is named. */
function clausesAbout(name: string, names: string[], text: string): string {
	const clauses = text.split(/[.!?;。！？；，,]/);
	const lower = name.toLowerCase();
	let current = names[0];
	let about = '';
	for (const clause of clauses) {
		const where = (other: string) => clause.toLowerCase().indexOf(other.toLowerCase());
		const named = names.filter((other) => where(other) >= 0).sort((a, b) => where(a) - where(b));
		if (named.length) current = named[0];
		// The first one named acts; the others are acted upon.
		if (named[0]?.toLowerCase() === lower || (!named.length && current === name)) about += `${clause}. `;
	}
	return about;
}

function readPose(about: string, text: string, props: string[]): PoseName {
	const kinds = allKinds(words.verbs, about);
	const kind = kinds.find((candidate) => candidate !== 'stand' && candidate !== 'look') ?? kinds[0] ?? 'stand';
	const sits = kinds.includes('sit') || /\b(sits?|corner|alley)\b/i.test(text);
	if (kind === 'strike' && sits) return 'sitstrike';
	if (kind === 'sit' && /围坐|table|chair|桌/i.test(about)) return 'chair';
	if (kind === 'stand' && props.includes('fan')) return 'fan';
	return isPose(kind) ? kind : 'stand';
}

function readCast({ shot, looks }: GenerationRequest, text: string, place: string, chinese: boolean): CastMember[] {
	const names = [...shot.characters];
	for (const { character } of shot.dialogue) if (!names.includes(character)) names.push(character);
	// A DOG in the cast list is drawn as one.
	for (const name of names.filter(isThing)) names.splice(names.indexOf(name), 1);
	if (!names.length)
		for (const { name } of looks) if (text.toLowerCase().includes(name.toLowerCase())) names.push(name);
	let firstAt = text.toLowerCase().indexOf((names[0] ?? '').toLowerCase());
	if (!names.length) {
		const someone = words.people.find((row) => mentions(row, text));
		const pronoun = /^(Woman|Man)$/.test(someone?.kind ?? '') && looks[0];
		if (someone) {
			names.push(pronoun ? pronoun.name : someone.kind);
			firstAt = placeOf(someone, text);
		}
	}
	if (names.length === 1 && names[0] && /(两个|两位|\btwo )$/i.test(text.slice(0, Math.max(0, firstAt))))
		names.push(`${names[0]} 2`);
	if (shot.angle === 'OTS' && names.length > 1 && shot.dialogue[0]?.character === names[0])
		names.splice(0, 2, names[1] ?? '', names[0] ?? '');
	return names.slice(0, 6).map((name): CastMember => {
		const description = looks.find((look) => look.name.toLowerCase() === name.toLowerCase())?.description ?? '';
		const about = clausesAbout(name.endsWith(' 2') ? (names[0] ?? name) : name, names, text);
		const at = text.indexOf(name);
		// 九十岁的愚公: what stands just before a Chinese name is about it.
		const before =
			chinese && at > 0
				? (text
						.slice(Math.max(0, at - 6), at)
						.split(/[，。、；：\s]/)
						.pop() ?? '')
				: '';
		const own = names.some((other) => other !== name && before.includes(other)) ? '' : before;
		const traits = allKinds(words.traits, `${description} ${name} ${description ? '' : own}`);
		const { clothes, hair } = readColours(description);
		const spoken = shot.dialogue.filter((line) => line.character === name);
		const held = allKinds(words.props, about).filter((prop) =>
			['hoe', 'staff', 'fan', 'basket', 'parcel', 'snake', 'umbrella', 'burnt', 'hat'].includes(prop),
		);
		const props = /蛇/.test(name) ? [...held, 'snake'] : held;
		const pose = readPose(about, `${text} ${place}`, props);
		const base: Mood =
			pose === 'laugh' || pose === 'raise' ? 'laugh' : pose === 'cry' ? 'sad' : pose === 'rise' ? 'awe' : 'calm';
		const mood = readMood(
			`${about} ${spoken.map((line) => `${line.parenthetical ?? ''} ${line.text}`).join(' ')}`,
			base,
		);
		return {
			name,
			design: designCharacter(name, traits, chinese, clothes, hair),
			pose,
			mood,
			props: pose === 'sew' || pose === 'strike' || pose === 'sitstrike' ? [] : props,
			glow: traits.includes('glow') || /shining|发光/i.test(about),
			floating: pose === 'rise',
			talks: spoken.length > 0,
		};
	});
}

/** Whether the frame is a detail rather than a person: hands, or a tool at work. */
function readInsert(text: string, { size, dialogue }: GenerationRequest['shot'], castSize: number): InsertKind | null {
	const close = size === 'ECU' || /close on|insert|特写/i.test(text);
	const tool = /锄|凿|\b(hoe|chisel|hammer|pickaxe)s?\b/i.test(text);
	if (tool && (close || (!castSize && /石|砸|\b(rock|stone|strikes?|hits?)\b/i.test(text)))) return 'tool';
	const [hands, matches] = [/\b(fingers?|hands?|palms?)\b|手|指/i.test(text), /\bmatch(es)?\b|火柴/i.test(text)];
	if (close) return hands || matches || /\bflame\b|火苗/i.test(text) ? 'hands' : null;
	// In a close-up words about a face win; whoever speaks shows it.
	if (size !== 'CU' || /\b(face|eyes?|looks?|smiles?)\b|脸|眼|看|望|笑/i.test(text)) return null;
	if (/\bfingers?\b|手指|指尖/i.test(text)) return 'hands';
	return !dialogue.length && (hands || (matches && !castSize)) ? 'hands' : null;
}

const isThing = (name: string) =>
	words.things.some(({ en, zh }) => en.includes(name.toLowerCase().replace(/^the /, '')) || zh.includes(name));

/** Places with walls all round: what happens in their sky is seen from the roofs. */
const walled: PlaceKind[] = ['alley', 'street', 'city', 'courtyard'];
const aboutSky = /\b(stars?|moon|sky)\b|星|月亮|天空/i;

/** Reads a request into what has to be drawn; the prompt's words count like the action's. */
export function readRequest(request: GenerationRequest): Spec {
	const { shot } = request;
	const spoken = shot.dialogue.map((line) => line.text).join(' ');
	const text = `${shot.prompt} ${shot.action}`.trim();
	const chinese = hasHan.test(`${shot.place}${text}${spoken}${shot.characters.join('')}`);
	const cast = readCast(request, text, shot.place, chinese);
	const place = readPlace(shot.place, text, shot.interior);
	return {
		chinese,
		inside: shot.interior,
		place: !cast.length && walled.includes(place) && aboutSky.test(text) ? 'rooftops' : place,
		daylight: readDaylight(shot, text),
		weather: allKinds(words.weather, `${text} ${shot.place}`),
		props: allKinds(words.props, text),
		things: shot.interior ? [] : allKinds(words.things, `${text} ${shot.characters.join(' ')}`).slice(0, 3),
		mood: readMood(text, 'calm'),
		size: shot.size,
		angle: shot.angle,
		move: shot.move,
		insert: readInsert(text, shot, cast.length),
		cast,
		crowd: words.crowd.some((row) => mentions(row, text)),
		text: `${text} ${spoken}`,
		empty: !text && !shot.place && !cast.length && !spoken,
	};
}
