import { staleTakes, isStale } from '@reelroom/shared/bible/currency.ts';
import { changesOf, type TakeThen } from '@reelroom/shared/bible/changes.ts';
import { createCaster } from '@reelroom/shared/bible/casting.ts';
import { recipeNow } from '@reelroom/shared/bible/shot-recipe.ts';
import type { StaleTake } from '@reelroom/shared/board/take-care-api.ts';
import { takesInUse } from '@reelroom/shared/board/take-in-use.ts';
import type { TakeRecord, TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { priceOf } from '@reelroom/shared/plan/quota.ts';
import type { ShotOnBoard } from '@reelroom/shared/project/document.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { providerNames, type Reference } from '@reelroom/shared/provider/provider.ts';
import type { Actor } from '../http/on.ts';
import type { Ground } from './ground.ts';
import { createReferences } from './references.ts';
import type { By, Wanted } from './submit-once.ts';
import { wantedPicture, type GenerateWish } from './wanted-picture.ts';

export type StaleTakesDeps = {
	ground: Ground;
	takes: Pick<TakeStore, 'withOrigins'>;
	/** Which shots of a project are approved. */
	approvedShots: (projectId: string) => Promise<ReadonlySet<string>>;
	prices: Readonly<Record<string, number>>;
};
type Found = { take: TakeRecord; shot: ShotOnBoard; why: 'own' | 'source' };
type Board = Awaited<ReturnType<Ground['look']>>;

/** Roles whose picture is found anew: that of the shot in use, and of the next one. */
const foundAnew: ReadonlySet<Reference['role']> = new Set(['reference', 'last']);

/** As the take was asked for: what does not follow shot, bible, style and project. Null for what nobody asked a provider for. */
function wishOf({ provider: by, recipe, request }: TakeRecord): GenerateWish | null {
	const provider = providerNames.find((name) => name === by);
	if (provider === undefined || recipe === undefined || request === undefined) return null;
	const { asked, workflow, model, madeOf = [] } = recipe;
	const { steps, guidance, strength, parameters, widthPx, heightPx, seed, durationFrames, fps } = request;
	const named = madeOf.flatMap((takeId, index) => {
		const role = request.references?.[index]?.role;
		return role === undefined || foundAnew.has(role) ? [] : [{ role, takeId }];
	});
	return {
		kind: asked.kind,
		provider,
		count: 1,
		...(workflow === undefined ? {} : { workflow }),
		...(model === undefined ? {} : { model }),
		...(asked.style === undefined ? {} : { style: asked.style }),
		...(asked.negativePrompt === undefined ? {} : { negativePrompt: asked.negativePrompt }),
		...(asked.sized === true ? { width: widthPx, height: heightPx } : {}),
		...(asked.seeded === true ? { seed } : {}),
		...(asked.timed === true && durationFrames !== undefined ? { durationFrames } : {}),
		...(asked.timed === true && fps !== undefined ? { fps } : {}),
		...(named.length === 0 ? {} : { references: named }),
		...(steps === undefined ? {} : { steps }),
		...(guidance === undefined ? {} : { guidance }),
		...(strength === undefined ? {} : { strength }),
		...(parameters === undefined ? {} : { parameters }),
	};
}

/** What has become stale on a board, and how it is made anew. Nothing of this is stored: it is read from takes and document at every question. */
export function createStaleTakes({ ground, takes, approvedShots, prices }: StaleTakesDeps) {
	/** Takes in use that are stale, in the order of the board. */
	const find = async (projectId: string, board: Board): Promise<Found[]> => {
		const { snapshot, format, taken } = board;
		const shots = snapshot.board.scenes.flatMap((scene) => scene.shots);
		const byId = new Map(shots.map((shot) => [shot.id, shot]));
		const bible = await ground.withKnownPictures(projectId, snapshot.bible);
		const from = { bible, caster: createCaster(bible), looks: snapshot.looks, project: format };
		const all = taken.map((take) => ({ ...take, id: take._id }));
		const why = staleTakes(all, (take) => {
			const shot = byId.get(take.shotId);
			const { recipe } = take;
			return shot !== undefined && recipe !== undefined && isStale(take, recipeNow({ ...take, recipe }, shot, from));
		});
		const inUse = takesInUse(shots, all);
		const stale = shots.flatMap((shot) => {
			const take = inUse.get(shot.id);
			const own = why.get(take?.id ?? '');
			return take === undefined || own === undefined ? [] : [{ shot, takeId: take.id, why: own }];
		});
		const whole = new Map((await takes.withOrigins(stale.map(({ takeId }) => takeId))).map((take) => [take._id, take]));
		return stale.flatMap(({ takeId, ...found }) => {
			const take = whole.get(takeId);
			return take === undefined ? [] : [{ ...found, take }];
		});
	};
	return {
		async list(actor: Actor, projectId: string): Promise<StaleTake[]> {
			await actor.must('take.read', projectId);
			const [board, approved] = await Promise.all([ground.look(projectId), approvedShots(projectId)]);
			const { snapshot, format, busy } = board;
			const from = { ...snapshot, project: format };
			return (await find(projectId, board)).map(({ take, shot, why }) => {
				const then = take.recipe !== undefined && take.request !== undefined && take.origin !== undefined ? take : null;
				const { recipe } = take;
				const now = recipe === undefined ? null : recipeNow({ ...take, recipe }, shot, from);
				return {
					takeId: take._id,
					shotId: shot.id,
					label: shot.label,
					kind: take.kind,
					provider: take.provider,
					why,
					changes:
						then === null || now === null
							? []
							: changesOf(then as TakeRecord & TakeThen, { recipe: now.recipe, fps: format.fps }),
					approved: approved.has(shot.id),
					busy: busy.has(shot.id),
					price: priceOf(prices, take.provider),
				};
			});
		},
		/** Those of the named takes that are stale by themselves, as they are asked for anew: each by what made it, with its seed where nothing else says one. */
		async wanted(projectId: string, by: By, takeIds: readonly string[], mayChangeApproved: boolean): Promise<Wanted[]> {
			const board = await ground.look(projectId);
			const { snapshot, format, taken, busy } = board;
			const named = new Set(takeIds);
			const found = (await find(projectId, board)).filter(
				({ take, shot, why }) => named.has(take._id) && why === 'own' && !busy.has(shot.id),
			);
			if (found.length === 0) throw new Problem('nothing-to-generate');
			const approved = mayChangeApproved ? new Set<string>() : await approvedShots(projectId);
			const guarded = found.filter(({ shot }) => approved.has(shot.id));
			if (guarded.length > 0)
				throw new Problem(
					'shot-approved',
					`Approved: ${guarded.map(({ shot }) => shot.label).join(', ')}`.slice(0, 500),
				);
			const bible = await ground.withKnownPictures(projectId, snapshot.bible);
			const wanted: Wanted[] = [];
			for (const { take, shot } of found) {
				const wish = wishOf(take);
				if (wish === null) continue;
				const model = await ground.modelOf(projectId, by, wish);
				const referencesOf = createReferences(wish.kind, snapshot.board, taken, wish.references ?? []);
				const referenced = referencesOf(shot);
				if (referenced === null) throw new Problem('reference-missing', `Of these shots: ${shot.label}`);
				const references = wish.kind === 'text-to-image' && wish.references === undefined ? (model.references ?? 0) : 0;
				const from = { snapshot: { ...snapshot, bible }, format, model, wish, references, referenced };
				wanted.push(wantedPicture(shot, { ...from, seed: take.seed }, 0));
			}
			if (wanted.length === 0) throw new Problem('nothing-to-generate');
			return wanted;
		},
	};
}
