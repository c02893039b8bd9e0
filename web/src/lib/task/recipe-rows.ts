import { StyleName } from '@reelroom/shared/style/style.ts';
import type { TaskDetails } from '@reelroom/shared/task/task.ts';
import { t } from '#lib/i18n/words.svelte.ts';
import { styleTitle } from '#lib/style/style-title.ts';

const named = ['negativePrompt', 'workflow', 'model', 'seed', 'steps', 'guidance', 'strength'] as const;
const textOf = (value: unknown): string | null =>
	typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;

/** What a provider is asked for, as rows of a name and a value; what is not set has no row. */
export function recipeRows({ task, request }: TaskDetails): { name: string; value: string }[] {
	const shot = request['shot'] as Record<string, unknown> | undefined;
	const { widthPx, heightPx, durationFrames, fps } = request;
	const style = StyleName.safeParse(request['style']);
	const rows: [string, string | null][] = [
		[t('task.recipe_prompt'), textOf(request['prompt']) ?? textOf(shot?.['prompt']) ?? textOf(shot?.['action'])],
		[t('task.recipe_provider'), task.provider],
		[t('task.recipe_style'), style.success ? styleTitle(style.data) : textOf(request['style'])],
		...named.map((name): [string, string | null] => [t(`task.recipe_${name}`), textOf(request[name])]),
		[t('task.recipe_size'), widthPx === undefined ? null : `${String(widthPx)} × ${String(heightPx)}`],
		[
			t('task.recipe_length'),
			typeof durationFrames === 'number' && typeof fps === 'number'
				? t('task.frames', { n: durationFrames, fps })
				: null,
		],
	];
	return rows.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
}
