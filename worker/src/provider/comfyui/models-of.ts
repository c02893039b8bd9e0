import type { FarmReport, ModelKind } from '@reelroom/shared/farm/farm.ts';
import { inputsOf, type ObjectInfo } from '@reelroom/shared/provider/object-info.ts';

/** Where a server tells which files of each kind it has: among the choices of these inputs. */
const told: Readonly<Record<ModelKind, [classType: string, input: string]>> = {
	checkpoints: ['CheckpointLoaderSimple', 'ckpt_name'],
	diffusionModels: ['UNETLoader', 'unet_name'],
	loras: ['LoraLoader', 'lora_name'],
	vaes: ['VAELoader', 'vae_name'],
	controlNets: ['ControlNetLoader', 'control_net_name'],
	upscalers: ['UpscaleModelLoader', 'model_name'],
	samplers: ['KSampler', 'sampler_name'],
};
/** A list that is longer says nothing to a person, and is stored with every look. */
const mostNames = 1000;

/** The models and samplers of a server, by what they are. */
export function modelsOf(classes: ObjectInfo): FarmReport['models'] {
	const namesOf = ([classType, input]: [string, string]): string[] => {
		const known = Object.hasOwn(classes, classType) ? classes[classType] : undefined;
		const choices = known && inputsOf(known).find(({ name }) => name === input)?.choices;
		return (choices ?? []).map(String).slice(0, mostNames);
	};
	return Object.fromEntries(
		Object.entries(told).map(([kind, place]) => [kind, namesOf(place)]),
	) as FarmReport['models'];
}
