import * as z from 'zod';
import { Id } from '../id.ts';

/** What words may be written for. */
export const textTasks = [
	'write-prompt',
	'improve-prompt',
	'alternatives',
	'translate',
	'polish-dialogue',
	'plan-scene',
] as const;
export const TextTask = z.enum(textTasks);
export type TextTask = z.infer<typeof TextTask>;
export const textLanguages = ['en', 'zh-CN'] as const;
export const TextLanguage = z.enum(textLanguages);
export type TextLanguage = z.infer<typeof TextLanguage>;

/** What somebody wants written. */
export const TextWish = z.strictObject({
	task: TextTask,
	/** The shot that it is about; its words go along. */
	shotId: Id.optional(),
	/** The scene whose shots are to be planned; what comes is a plan as JSON. */
	sceneId: Id.optional(),
	/** The words to begin with. */
	text: z.string().max(10_000).default(''),
	/** To translate into. */
	language: TextLanguage.optional(),
});
export type TextWish = z.infer<typeof TextWish>;

/** Words that are being written: a proposal, which changes nothing by itself. */
export const WrittenText = z.strictObject({
	id: Id,
	/** By a model, or by rules where there is none and rules can. */
	by: z.enum(['model', 'rules']),
	/** As far as it is written. */
	text: z.string(),
	done: z.boolean(),
	problem: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
});
export type WrittenText = z.infer<typeof WrittenText>;

/** One word of a conversation with a text model. */
export const ChatMessage = z.strictObject({ role: z.enum(['system', 'user']), content: z.string().max(40_000) });
export type ChatMessage = z.infer<typeof ChatMessage>;

/** What several alternatives are told apart by. */
export const alternativesOf = (text: string): string[] =>
	text
		.split('\n')
		.map((line) => line.replace(/^\s*(?:[-*•]|\d{1,2}[.)、．])\s*/, '').trim())
		.filter((line) => line !== '');
