import { cloudModels, type CloudModel } from './cloud-models.ts';
import { hostOf, serviceUrls } from './credential.ts';
import {
	generationKinds,
	mediaOf,
	mostReferences,
	type GenerationKind,
	type GenerationRequest,
	type ProviderName,
} from './provider.ts';

/** Something that people may choose to have pictures and clips made by. */
export type OfferedModel = {
	id: string;
	name: string;
	names: { en: string; 'zh-CN': string };
	provider: ProviderName;
	/** What it makes of words alone. */
	kinds: ('image' | 'video')[];
	/** Every way in which it makes something. */
	makes: GenerationKind[];
	workflow?: NonNullable<GenerationRequest['workflow']>;
	/** Of a workflow of the workspace: its newest version. */
	workflowVersion?: NonNullable<GenerationRequest['workflowVersion']>;
	/** Why no server can run it as it is. */
	refused?: string;
	model?: NonNullable<GenerationRequest['model']>;
	/** How many reference pictures it takes beside the words; without it none. */
	references?: number;
	/** It takes the look of them: the words say nothing of the pictures, and nothing is made out of one. */
	guided?: true;
	/** It makes nothing without one. */
	needsReference?: true;
};
/** A workflow that may be generated with, ready or of the workspace. */
export type OfferedWorkflow = {
	id: string;
	titles: { en: string; 'zh-CN': string };
	kind: GenerationKind;
	/** Of the workspace's own. */
	version: number | null;
	refused: string | null;
	/** It takes the look of a picture beside the words; `needed` where it has none of its own. */
	reference?: 'taken' | 'needed';
};
/** A cloud service for which there is a key, with the models that were named for it and those it lists itself. */
export type Service = { kind: CloudModel['service']; baseUrl: string; models: string[]; listed: string[] };

const kindsOf = (makes: readonly GenerationKind[]): OfferedModel['kinds'] =>
	makes.filter((kind) => kind.startsWith('text-to-')).map(mediaOf);
const bySketch: GenerationKind[] = ['text-to-image', 'text-to-video', 'image-to-video', 'first-last-frame-to-video'];
const sketch: OfferedModel = {
	id: 'sketch',
	name: 'Storyboard sketch',
	names: { en: 'Storyboard sketch', 'zh-CN': '分镜草图' },
	provider: 'sketch',
	kinds: kindsOf(bySketch),
	makes: bySketch,
};
const ofComfy = ({ id, titles, kind, version, refused, reference }: OfferedWorkflow): OfferedModel => ({
	id,
	name: `ComfyUI · ${titles.en}`,
	names: { en: `ComfyUI · ${titles.en}`, 'zh-CN': `ComfyUI · ${titles['zh-CN']}` },
	provider: 'comfyui',
	kinds: kindsOf([kind]),
	makes: [kind],
	workflow: id,
	...(version === null ? {} : { workflowVersion: version }),
	...(refused === null ? {} : { refused }),
	...(reference === undefined ? {} : { references: 1, guided: true }),
	...(reference === 'needed' ? { needsReference: true } : {}),
});
/** The maker's name where it is the maker's own address, else where it is. */
const makerOf = ({ kind, baseUrl }: Service): { en: string; 'zh-CN': string } =>
	kind === 'openai'
		? baseUrl === serviceUrls.openai
			? { en: 'OpenAI', 'zh-CN': 'OpenAI' }
			: { en: hostOf(baseUrl), 'zh-CN': hostOf(baseUrl) }
		: kind === 'ark'
			? { en: 'Ark', 'zh-CN': '火山方舟' }
			: { en: 'Volcengine', 'zh-CN': '火山引擎' };
const ofService = (service: Service): OfferedModel[] => {
	const maker = makerOf(service);
	const provider = service.kind === 'openai' ? 'openai' : 'volcengine';
	return cloudModels(service.kind, service).map(({ name, titles, kinds, references }) => {
		const makes = generationKinds.filter((kind) => kinds[kind] !== undefined);
		const named = { en: `${maker.en} · ${titles.en}`, 'zh-CN': `${maker['zh-CN']} · ${titles['zh-CN']}` };
		return {
			id: `${provider}/${name}`,
			name: named.en,
			names: named,
			provider,
			kinds: kindsOf(makes),
			makes,
			model: name,
			// One that takes a single picture edits it; one that takes several draws what they show.
			...(references > 1 && makes.includes('image-to-image')
				? { references: Math.min(references, mostReferences) }
				: {}),
		};
	});
};

/** What there is to generate with: the built-in sketch, workflows on ComfyUI servers, and the models of cloud services for which there is a key. */
export function offeredModels({
	workflows = [],
	services = [],
}: {
	workflows?: readonly OfferedWorkflow[];
	services?: readonly Service[];
}): OfferedModel[] {
	return [sketch, ...workflows.map(ofComfy), ...services.flatMap(ofService)];
}
