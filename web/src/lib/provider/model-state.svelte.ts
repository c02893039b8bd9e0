import * as z from 'zod';
import { SvelteMap } from 'svelte/reactivity';
import { generationApi, type Model } from '@reelroom/shared/task/generation-api.ts';
import { providerNames, type GenerationKind, type ProviderName } from '@reelroom/shared/provider/provider.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';

const pictures: GenerationKind = 'text-to-image';
const keyOf = (kind: GenerationKind): string => (kind === pictures ? 'reelroom.model' : `reelroom.model.${kind}`);
const settingsKey = (id: string): string => `reelroom.settings.${id}`;

/** What was set of a model's own, by the names of its parameters. */
export type ModelSettings = Readonly<Record<string, string | number>>;
const stored = z.record(z.string(), z.union([z.string(), z.number()])).catch({});
function readSettings(id: string): ModelSettings {
	try {
		return stored.parse(JSON.parse(localStorage.getItem(settingsKey(id)) ?? '{}'));
	} catch {
		return {};
	}
}

type Wish = {
	provider?: ProviderName;
	workflow?: string;
	model?: string;
	steps?: number;
	guidance?: number;
	parameters?: ModelSettings;
};

/** What each kind of picture or clip is made by, as this device last chose it; the first one that makes it until another is chosen and offered. */
export class ModelState {
	all = $state.raw<Model[]>([]);
	readonly #settings = new SvelteMap<string, ModelSettings>();
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
		return (
			models.find(({ id }) => id === chosen) ?? models.find(({ refused }) => refused === undefined) ?? models[0] ?? null
		);
	}
	choose(id: string, kind: GenerationKind = pictures): void {
		this.#chosen[kind] = id;
		localStorage.setItem(keyOf(kind), id);
	}
	/** What pictures of words are made by. */
	get chosen(): Model | null {
		return this.chosenFor(pictures);
	}
	/** What this device has set of a model's own; the rest is as it was saved. */
	settingsOf(id: string | undefined): ModelSettings {
		return id === undefined ? {} : (this.#settings.get(id) ?? readSettings(id));
	}
	/** Sets one of what a kind is made by; null leaves it as it was saved. */
	set(name: string, value: string | number | null, kind: GenerationKind = pictures): void {
		const id = this.chosenFor(kind)?.id;
		if (id === undefined) return;
		const { [name]: _before, ...rest } = this.settingsOf(id);
		const next = value === null ? rest : { ...rest, [name]: value };
		this.#settings.set(id, next);
		localStorage.setItem(settingsKey(id), JSON.stringify(next));
	}
	/** As a request names what makes a kind; empty for the built-in one. */
	wishFor(kind: GenerationKind = pictures): Wish {
		const chosen = this.chosenFor(kind);
		const provider = providerNames.find((name) => name === chosen?.provider);
		const { workflow, model } = chosen ?? {};
		if (provider === undefined || provider === 'sketch') return {};
		return {
			provider,
			...(workflow === undefined ? {} : { workflow, ...this.#asked(chosen?.id) }),
			...(model === undefined ? {} : { model }),
		};
	}
	/** What is set, in the words of a request: steps and guidance are the same for every workflow. */
	#asked(id: string | undefined): Pick<Wish, 'steps' | 'guidance' | 'parameters'> {
		const { steps, guidance, ...parameters } = this.settingsOf(id);
		return {
			...(typeof steps === 'number' ? { steps } : {}),
			...(typeof guidance === 'number' ? { guidance } : {}),
			...(Object.keys(parameters).length === 0 ? {} : { parameters }),
		};
	}
}
