import { generationApi, type Model } from '@reelroom/shared/task/generation-api.ts';
import { providerNames, type ProviderName } from '@reelroom/shared/provider/provider.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';

const key = 'reelroom.model';

/** What pictures are made by, as this device last chose it; the built-in sketch until another is chosen and offered. */
export class ModelState {
	models = $state.raw<Model[]>([]);
	#chosen = $state(localStorage.getItem(key) ?? '');

	async refresh(projectId: string): Promise<void> {
		try {
			const models = await call(generationApi.models, { query: { projectId } }, { stay: true });
			this.models = models.filter(({ makes }) => makes.includes('text-to-image'));
		} catch (failure) {
			// Away: what was heard last stays.
			if (!(failure instanceof Problem)) throw failure;
		}
	}
	get chosen(): Model | null {
		return this.models.find(({ id }) => id === this.#chosen) ?? this.models[0] ?? null;
	}
	choose(id: string): void {
		this.#chosen = id;
		localStorage.setItem(key, id);
	}
	/** As a request for pictures names it; empty for the built-in one. */
	get wish(): { provider?: ProviderName; workflow?: string; model?: string } {
		const provider = providerNames.find((name) => name === this.chosen?.provider);
		const { workflow, model } = this.chosen ?? {};
		if (provider === undefined || provider === 'sketch') return {};
		return {
			provider,
			...(workflow === undefined ? {} : { workflow }),
			...(model === undefined ? {} : { model }),
		};
	}
}
