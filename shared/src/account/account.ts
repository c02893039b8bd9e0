import * as z from 'zod';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';

export const Language = z.enum(['en', 'zh-CN']);
export const Theme = z.enum(['system', 'dark', 'light']);
export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email());
export const Password = z.string().min(limits.passwordChars.min).max(limits.passwordChars.max);

/** A person as they see themself. */
export const Account = z.strictObject({
	id: Id,
	email: z.string(),
	name: z.string(),
	language: Language,
	theme: Theme,
	/** May administrate this install. */
	administrator: z.boolean(),
	createdAt: z.string(),
});
/** A person as others see them. */
export const Person = z.strictObject({ id: Id, name: z.string() });

export type Language = z.infer<typeof Language>;
export type Theme = z.infer<typeof Theme>;
export type Account = z.infer<typeof Account>;
export type Person = z.infer<typeof Person>;
