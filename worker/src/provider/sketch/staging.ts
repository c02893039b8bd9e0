import { addLamp } from './backdrop.ts';
import { clamp, mix } from './colour.ts';
import { designCharacter } from './design.ts';
import { drawFigure } from './figure.ts';
import { createPen } from './pen.ts';
import { createSkeleton } from './pose.ts';
import type { PoseName } from './pose.ts';
import type { AddShape, CastMember, StagedFigure, Stage } from './scene.ts';
import { ellipse } from './shape.ts';
import type { Point } from './shape.ts';

/** Where each of a number of figures stands across the frame, before mirroring. */
function slotsFor(count: number, tight: boolean, spread: number): number[] {
	if (count === 1) return [tight ? 0.42 : 0.36];
	if (count === 2)
		return tight ? [0.36 - spread * 0.03, 0.63 + spread * 0.03] : [0.37 - spread * 0.07, 0.6 + spread * 0.08];
	if (count === 3) return [0.3, 0.52, 0.72];
	return Array.from({ length: count }, (_, i) => 0.18 + (0.64 * i) / (count - 1));
}

/** Stages and draws the cast: slots, depth, who faces whom, over-the-shoulder, a crowd behind. */
export function placeFigures(stage: Stage, seed: string, facing: 1 | -1, tight: boolean): StagedFigure[] {
	const { r, spec, camera } = stage;
	const cast = spec.cast.slice(0, tight ? 3 : 6);
	const count = cast.length;
	const over = spec.angle === 'OTS' && count > 1;
	const slots = slotsFor(count, tight, r());
	// Two people: stand level, or one nearer than the other.
	const step = r.range(-0.1, 0.16);
	const handInHand = count === 2 && !over && cast.some((member) => member.pose === 'hold');
	const together =
		!over && count > 1 && cast.every(({ pose }) => pose === cast[0]?.pose && ['walk', 'run', 'carry'].includes(pose));
	const figures = cast.slice(0, over ? 2 : count).map((member, i): StagedFigure => {
		const slot = (slots[i] ?? 0.5) + (r() - 0.5) * 0.05;
		const across = facing > 0 ? slot : 1 - slot;
		const figure: StagedFigure = {
			member,
			across,
			depth: camera.distance * (i === 0 ? 1 : 1 + step * (tight ? 0.5 : 1) + (i - 1) * 0.06),
			facing: count === 1 ? facing : across < 0.5 ? 1 : -1,
			view: 'front',
			near: false,
			extra: false,
		};
		if (handInHand) {
			const across = facing > 0 === (i === 0) ? 0.46 : 0.46 + (tight ? 0.2 : 0.07);
			Object.assign(figure, { facing, depth: camera.distance, across, member: { ...member, pose: 'hold' } });
		}
		if (together) figure.facing = facing;
		if (over && i === 0)
			return {
				...figure,
				// A raised fan or arm would hide the one who speaks.
				member: { ...member, pose: 'stand', props: [] },
				depth: camera.distance * 0.56,
				across: facing > 0 ? 0.16 : 0.84,
				facing,
				view: 'back',
				near: true,
			};
		if (over) return { ...figure, depth: camera.distance, across: facing > 0 ? 0.6 : 0.4, facing: facing > 0 ? -1 : 1 };
		return figure;
	});
	if (count === 2 && !over) answerEachOther(figures);
	const paired = figures.some((figure) => figure.member.pose === 'embrace');
	if (paired && count === 2 && !over)
		figures.forEach((figure, i) => (figure.across = 0.5 + (i ? 1 : -1) * facing * (tight ? 0.1 : 0.045)));
	if (spec.crowd && !tight) figures.push(...crowd(stage, seed));
	figures.sort((a, b) => b.depth - a.depth);
	for (const figure of figures) drawStaged(stage, figure, tight);
	return figures.sort((a, b) => Number(a.extra) - Number(b.extra));
}

/** What the other of two does when one of them does something to somebody. */
const answers: Partial<Record<PoseName, PoseName>> = {
	give: 'reach',
	fight: 'fight',
	embrace: 'embrace',
	block: 'stand',
};

/** Two people are drawn as a pair: gifts are taken, blows returned, embraces answered. */
function answerEachOther(figures: StagedFigure[]): void {
	const [one, other] = figures;
	if (!one || !other) return;
	for (const [doer, receiver] of [
		[one, other],
		[other, one],
	] as const) {
		const answer = answers[doer.member.pose];
		if (!answer || !['stand', 'look'].includes(receiver.member.pose)) continue;
		receiver.member = { ...receiver.member, pose: answer };
		// Near enough to touch.
		const middle = (one.across + other.across) / 2;
		one.across = middle + (one.across - middle) * 0.8;
		other.across = middle + (other.across - middle) * 0.8;
		return;
	}
}

function crowd({ r, spec, camera }: Stage, seed: string): StagedFigure[] {
	return Array.from({ length: 5 }, (_, i) => {
		const traits = [r() < 0.5 ? 'woman' : 'coat', r() < 0.25 ? 'child' : ''];
		const design = designCharacter(`extra${i}${seed}`, traits, spec.chinese, null, null);
		const pose = spec.inside ? 'chair' : r.pick(['walk', 'walk', 'stand'] as const);
		const member: CastMember = {
			name: '',
			design,
			pose,
			mood: 'calm',
			props: r() < 0.3 && !spec.inside ? ['parcel'] : [],
			glow: false,
			floating: false,
			talks: false,
		};
		const across = spec.inside ? r.range(0.15, 0.85) : r() < 0.5 ? r.range(0.02, 0.24) : r.range(0.76, 0.98);
		return {
			member,
			across,
			// In an alley the walls are near: whoever stood farther off would hang on them.
			depth: camera.distance * (spec.place === 'alley' ? r.range(0.92, 1.08) : r.range(1.3, spec.inside ? 1.5 : 2.2)),
			facing: r.sign(),
			view: 'front',
			near: false,
			extra: true,
		};
	});
}

function drawStaged(stage: Stage, figure: StagedFigure, tight: boolean): void {
	const { W, H, camera, P, add, palette, spec } = stage;
	const { member, depth, facing, near, extra } = figure;
	const { design, pose } = member;
	const X = ((figure.across * W - camera.centreX) * depth) / camera.focal;
	const lift = member.floating || pose === 'rise' ? 0.75 : 0;
	const scale = camera.focal / depth;
	const [footX, ground] = P(X, lift, depth);
	// Over a shoulder head and shoulder have to be seen, whoever is taller: the near one stands on a box, or in a pit.
	const headAt = createSkeleton(design, pose).head[1] * scale;
	const footY = near ? clamp(ground - headAt, H * 0.26, H * 0.44) + headAt : ground;
	const place = (x: number, y: number): Point => [footX + facing * x * scale, footY - y * scale];
	const headPx = (design.height / design.heads) * scale;
	const put: AddShape = (points, colour, options = {}) => {
		const softened = extra ? mix(colour, palette.haze, 0.2) : colour;
		add(points, softened, { z: depth, group: near ? 'fore' : 'fig', headPx, fine: headPx > 120 ? 7 : 4, ...options });
	};
	if (!lift && !tight) {
		add(ellipse(footX, footY + 2, design.height * scale * 0.24, design.height * scale * 0.035, 20), '#0a0c14', {
			z: depth + 0.01,
			opacity: 0.32,
			noLine: true,
			noCel: true,
			group: 'fig',
			soft: true,
		});
	}
	if (pose === 'chair' || pose === 'sew') {
		put([place(-0.24, 0.36), place(0.2, 0.36), place(0.2, 0.42), place(-0.24, 0.42)], '#6b4a30');
		for (const x of [-0.2, 0.15])
			put([place(x, 0), place(x + 0.05, 0), place(x + 0.05, 0.37), place(x, 0.37)], '#5a3c26');
	}
	const wind = spec.weather.includes('wind') ? facing : 0;
	const skeleton = drawFigure(createPen(put, place, scale), design, {
		pose,
		mood: member.mood,
		talks: member.talks,
		view: figure.view,
		props: member.props,
		wind,
		headPx,
	});
	Object.assign(figure, { head: place(...skeleton.head), headPx, skeleton });
	if (pose === 'strike' || pose === 'sitstrike') {
		const [x, y] = skeleton.armNear[2];
		const [lx, ly] = place(x + 0.07 * design.height, y + 0.11 * design.height);
		addLamp(
			stage,
			lx,
			ly,
			depth - 0.05,
			Math.max(150, 1.15 * scale),
			'#ffb45a',
			1.35,
			0.75,
			Math.max(10, 0.09 * scale),
		);
	}
	if (member.glow)
		addLamp(
			stage,
			...place(skeleton.head[0], skeleton.head[1] - headPx / scale),
			depth + 0.3,
			scale * 2.6,
			'#ffecbe',
			0.95,
			0.7,
		);
}
