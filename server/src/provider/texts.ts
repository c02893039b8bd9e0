import { randomUUID } from 'node:crypto';
import type { AskRecord, AskStore } from '@reelroom/shared/node/stores/ask-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ShotContent } from '@reelroom/shared/board/shot.ts';
import { textByRules } from '@reelroom/shared/provider/text-rules.ts';
import { textMessages } from '@reelroom/shared/provider/text-messages.ts';
import type { ProposedScene } from '@reelroom/shared/script/break-down.ts';
import { planMessages } from '@reelroom/shared/script/shot-plan.ts';
import type { ChatMessage, TextWish, WrittenText } from '@reelroom/shared/provider/text.ts';
import type { Actor } from '../http/on.ts';
import { isEnded, type AskWorkers } from './ask-workers.ts';

export type TextsDeps = {
	asks: Pick<AskStore, 'find' | 'remove' | 'underWay'>;
	askWorkers: AskWorkers;
	/** The text model of a project; null where there is none. */
	modelOf: (projectId: string) => Promise<{ workspaceId: string; model: string } | null>;
	/** A shot; null for one that is not on the board. */
	shotOf: (projectId: string, shotId: string) => Promise<ShotContent | null>;
	/** What rules propose for a scene; null for one that is not there. */
	sceneOf: (projectId: string, sceneId: string) => Promise<ProposedScene | null>;
	now: () => Date;
};
export type Texts = ReturnType<typeof createTexts>;

/** Texts that one person may have written at a time. */
const atOnce = 4;
const underWayMs = 120_000;
const maxTokens = { words: 1_500, plan: 8_000 };
/** A reader is answered after this long, whether or not there is more. */
const readMs = 8_000;

const view = (record: AskRecord): WrittenText => ({
	id: record._id,
	by: 'model',
	text: record.text,
	done: isEnded(record),
	problem: record.problem,
});

/** The use cases of words that a model writes: always a proposal, which nobody need take. Where there is no model, rules write what they can. */
export function createTexts({ asks, askWorkers, modelOf, shotOf, sceneOf, now }: TextsDeps) {
	/** What somebody had written in a project; nobody else sees it. */
	const own = async (actor: Actor, projectId: string, id: string): Promise<AskRecord> => {
		await actor.must('document.edit', projectId);
		const record = await asks.find(id);
		if (record === null || record.projectId !== projectId || record.askedBy !== actor.signedIn().id)
			throw new Problem('not-found');
		return record;
	};
	async function messagesOf(
		projectId: string,
		{ task, ...wish }: TextWish,
		shot: ShotContent | null,
	): Promise<ChatMessage[]> {
		if (task !== 'plan-scene') return textMessages({ task, ...wish }, shot);
		const scene = wish.sceneId === undefined ? null : await sceneOf(projectId, wish.sceneId);
		if (scene === null || scene.shots.length === 0) throw new Problem('not-found');
		return planMessages(scene);
	}
	return {
		/** Which model writes in a project; null where rules do what they can. */
		async model(actor: Actor, projectId: string): Promise<{ model: string | null }> {
			await actor.must('document.edit', projectId);
			return { model: (await modelOf(projectId))?.model ?? null };
		},
		async write(actor: Actor, projectId: string, wish: TextWish): Promise<WrittenText> {
			await actor.must('document.edit', projectId);
			const shot = wish.shotId === undefined ? null : await shotOf(projectId, wish.shotId);
			if (wish.shotId !== undefined && shot === null) throw new Problem('not-found');
			const found = await modelOf(projectId);
			if (found === null) {
				const text = textByRules(wish, shot);
				if (text === null) throw new Problem('credential-missing', 'This needs a text model');
				return { id: randomUUID(), by: 'rules', text, done: true, problem: null };
			}
			const { id: askedBy } = actor.signedIn();
			if ((await asks.underWay(askedBy, new Date(now().getTime() - underWayMs))) >= atOnce)
				throw new Problem('too-many-requests', `At most ${atOnce} texts are written at a time`);
			const messages = await messagesOf(projectId, wish, shot);
			const most = wish.task === 'plan-scene' ? maxTokens.plan : maxTokens.words;
			const work = { kind: 'write-text', workspaceId: found.workspaceId, messages, maxTokens: most } as const;
			const id = await askWorkers.begin(work, { projectId, askedBy });
			return { id, by: 'model', text: '', done: false, problem: null };
		},
		/** The words as far as they are; waits until there are more than `after` characters, or some seconds. */
		async read(actor: Actor, projectId: string, id: string, after: number): Promise<WrittenText> {
			await own(actor, projectId, id);
			const isFurther = (record: AskRecord): boolean => isEnded(record) || record.text.length !== after;
			return view(await askWorkers.waitFor(id, isFurther, readMs));
		},
		/** Stops it, or forgets what was written. */
		async stop(actor: Actor, projectId: string, id: string): Promise<undefined> {
			await own(actor, projectId, id);
			await asks.remove(id);
		},
	};
}
