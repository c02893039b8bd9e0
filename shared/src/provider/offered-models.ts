import { readyWorkflows } from '../../defaults/workflows/ready-workflows.ts';
import type { GenerationRequest, ProviderName } from './provider.ts';

/** Something that people may choose to have pictures made by. */
export type OfferedModel = {
	id: string;
	name: string;
	names: { en: string; 'zh-CN': string };
	provider: ProviderName;
	kinds: ('image' | 'video')[];
	workflow?: NonNullable<GenerationRequest['workflow']>;
};

/** What an install offers to generate with: the built-in sketch, and by its ComfyUI servers every ready workflow that makes a picture of words alone. */
export function offeredModels({ comfyui }: { comfyui: boolean }): OfferedModel[] {
	const sketch = { en: 'Storyboard sketch', 'zh-CN': '分镜草图' };
	const ofWords = readyWorkflows().filter(
		({ kind, bindings }) => kind === 'text-to-image' && !bindings.referenceImage && !bindings.controlImage,
	);
	return [
		{ id: 'sketch', name: sketch.en, names: sketch, provider: 'sketch', kinds: ['image'] },
		...(comfyui ? ofWords : []).map(({ name, title }): OfferedModel => ({
			id: name,
			name: `ComfyUI · ${title.en}`,
			names: { en: `ComfyUI · ${title.en}`, 'zh-CN': `ComfyUI · ${title['zh-CN']}` },
			provider: 'comfyui',
			kinds: ['image'],
			workflow: name,
		})),
	];
}
