import { generationApi, type Model } from '@reelroom/shared/task/generation-api.ts';
import { providerNames, type GenerationKind, type ProviderName } from '@reelroom/shared/provider/provider.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';

const pictures: GenerationKind = 'text-to-image';
const keyOf = (kind: GenerationKind): string => (kind === pictures ? 'reelroom.model' : `reelroom.model.${kind}`);

/** What each kind of picture or clip is made by, as this device last chose it; the first one that makes it until another is chosen and offered. */
export class ModelState {
	all = $state.raw<Model[]>([]);
	#chosen = $state<Partial<Record<GenerationKind, string>>>({});

	async refresh(projectId: string): Promise<void> {
		try {
			this.all = await call(generationApi.models, { query: { projectId } }, { stay: true });
		} catch (failure) {
			// Away: what was heard last stays.
			if (!(failure instanceof Problem)) throw failure;
		}
	}
	/** What makes a kind. */
	modelsFor(kind: GenerationKind): Model[] {
		return this.all.filter(({ makes }) => makes.includes(kind));
	}
	/** Whether anything makes a kind: what nothing makes is not offered. */
	canMake(kind: GenerationKind): boolean {
		return this.all.some(({ makes }) => makes.includes(kind));
	}
	chosenFor(kind: GenerationKind): Model | null {
		const models = this.modelsFor(kind);
		const chosen = this.#chosen[kind] ?? localStorage.getItem(keyOf(kind));
		return models.find(({ id }) => id === chosen) ?? models[0] ?? null;
	}
	choose(id: string, kind: GenerationKind = pictures): void {
		this.#chosen[kind] = id;
		localStorage.setItem(keyOf(kind), id);
	}
	/** What pictures of words are made by. */
	get chosen(): Model | null {
		return this.chosenFor(pictures);
	}
	/** As a request names what makes a kind; empty for the built-in one. */
	wishFor(kind: GenerationKind = pictures): { provider?: ProviderName; workflow?: string; model?: string } {
		const chosen = this.chosenFor(kind);
		const provider = providerNames.find((name) => name === chosen?.provider);
		const { workflow, model } = chosen ?? {};
		if (provider === undefined || provider === 'sketch') return {};
		return {
			provider,
			...(workflow === undefined ? {} : { workflow }),
			...(model === undefined ? {} : { model }),
		};
	}
}
