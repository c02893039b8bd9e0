import type * as z from 'zod';
import { t } from '#lib/i18n/words.svelte.ts';

/** What is wrong with each field by the endpoint's own schema, in the present language; empty when all is well. */
export function formErrors(schema: z.ZodType, values: unknown): Record<string, string> {
	const parsed = schema.safeParse(values);
	const errors: Record<string, string> = {};
	for (const issue of parsed.error?.issues ?? []) {
		const field = String(issue.path[0] ?? '');
		errors[field] ??= wordsOf(issue, field, values);
	}
	return errors;
}

function wordsOf(issue: z.core.$ZodIssue, field: string, values: unknown): string {
	const value: unknown = typeof values === 'object' && values !== null ? Reflect.get(values, field) : undefined;
	if (value === undefined || (typeof value === 'string' && value.trim() === '')) return t('common.required');
	if (issue.code === 'too_small') return t('common.tooShort', { min: Number(issue.minimum) });
	if (issue.code === 'too_big') return t('common.tooLong', { max: Number(issue.maximum) });
	return t(issue.code === 'invalid_format' ? 'common.badEmail' : 'common.badValue');
}
