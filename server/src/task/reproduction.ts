import type { TakeRecord } from '@reelroom/shared/node/stores/take-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { mediaOf } from '@reelroom/shared/provider/provider.ts';
import type { Wanted } from './submit-once.ts';

/** A take's recipe as it is asked for once more: exactly what was asked, past what is there already. */
export function reproductionOf(
	take: Pick<TakeRecord, '_id' | 'shotId' | 'provider' | 'style' | 'request' | 'recipe' | 'origin'>,
): Wanted {
	const { request, recipe, origin, shotId, provider, style } = take;
	if (request === undefined) throw new Problem('nothing-to-generate', 'Nobody was asked to make this take');
	const unknown = { heading: '', quote: '', label: request.label, parts: [], negativeParts: [] };
	return {
		work: {
			kind: mediaOf(request.kind),
			request,
			...(recipe === undefined ? {} : { recipe }),
			origin: { ...(origin ?? unknown), reproduces: take._id },
		},
		shotId,
		label: request.label,
		provider,
		style,
	};
}
