import { readRecording, type Json, type JsonObject } from './recordings.ts';

/** What a node class declares, as `/object_info` tells it. */
export type NodeInfo = {
	input: { required: Record<string, Json[]>; optional?: Record<string, Json[]>; hidden?: JsonObject };
	input_order: { required: string[]; optional?: string[] };
	output: string[];
	output_node: boolean;
	[more: string]: unknown;
};
/** Files that lie in a server's model folders, by folder. */
export type ModelFiles = Readonly<Record<string, readonly string[]>>;

const samplers = 'euler|euler_ancestral|heun|dpmpp_2m|dpmpp_2m_sde|dpmpp_sde|ddim|uni_pc|lcm|res_multistep';
const schedulers = 'simple|sgm_uniform|karras|exponential|ddim_uniform|beta|normal|linear_quadratic|kl_optimal';
const size = 'width:INT=512(16..16384/8) height:INT=512(16..16384/8)';
const videoSize = 'width:INT=832(16..16384/16) height:INT=480(16..16384/16) length:INT=81(1..16384/4)';
const conditioned = 'positive:CONDITIONING negative:CONDITIONING';
const seed = 'INT=0(0..18446744073709551615)!';

/** Classes beyond those that were recorded in full: `name:TYPE=default(min..max/step)!`, `[a|b]` choices, `@folder` files, `?` optional; `*` marks an output node. */
const declared: Record<string, string> = {
	VAEDecode: 'samples:LATENT vae:VAE -> IMAGE',
	VAEEncode: 'pixels:IMAGE vae:VAE -> LATENT',
	VAEEncodeForInpaint: 'pixels:IMAGE vae:VAE mask:MASK grow_mask_by:INT=6(0..64) -> LATENT',
	VAELoader: 'vae_name:@vae -> VAE',
	UNETLoader: 'unet_name:@diffusion_models weight_dtype:[default|fp8_e4m3fn|fp8_e4m3fn_fast|fp8_e5m2] -> MODEL',
	CLIPLoader:
		'clip_name:@text_encoders type:[stable_diffusion|sd3|ltxv|wan|flux|qwen_image] ?device:[default|cpu] -> CLIP',
	DualCLIPLoader:
		'clip_name1:@text_encoders clip_name2:@text_encoders type:[sdxl|sd3|flux|hunyuan_video] ?device:[default|cpu] -> CLIP',
	CLIPSetLastLayer: 'clip:CLIP stop_at_clip_layer:INT=-1(-24..-1) -> CLIP',
	LoraLoader:
		'model:MODEL clip:CLIP lora_name:@loras strength_model:FLOAT=1(-100..100) strength_clip:FLOAT=1(-100..100) -> MODEL CLIP',
	LoraLoaderModelOnly: 'model:MODEL lora_name:@loras strength_model:FLOAT=1(-100..100) -> MODEL',
	ControlNetLoader: 'control_net_name:@controlnet -> CONTROL_NET',
	ControlNetApplyAdvanced: `${conditioned} control_net:CONTROL_NET image:IMAGE strength:FLOAT=1(0..10) start_percent:FLOAT=0(0..1) end_percent:FLOAT=1(0..1) ?vae:VAE -> CONDITIONING CONDITIONING`,
	IPAdapterUnifiedLoader:
		'model:MODEL preset:[LIGHT - SD1.5 only (low strength)|STANDARD (medium strength)|PLUS (high strength)] ?ipadapter:IPADAPTER -> MODEL IPADAPTER',
	IPAdapter:
		'model:MODEL ipadapter:IPADAPTER image:IMAGE weight:FLOAT=1(-1..3) start_at:FLOAT=0(0..1) end_at:FLOAT=1(0..1) weight_type:[standard|prompt is more important|style transfer] -> MODEL',
	SetUnionControlNetType:
		'control_net:CONTROL_NET type:[auto|openpose|depth|canny/lineart/anime_lineart/mlsd|tile|repaint] -> CONTROL_NET',
	OpenposePreprocessor:
		'image:IMAGE ?detect_hand:[enable|disable] ?detect_body:[enable|disable] ?detect_face:[enable|disable] ?resolution:INT=512(64..16384/64) ?scale_stick_for_xinsr_cn:[disable|enable] -> IMAGE POSE_KEYPOINT',
	DepthAnythingV2Preprocessor:
		'image:IMAGE ?ckpt_name:[depth_anything_v2_vitg.pth|depth_anything_v2_vitl.pth|depth_anything_v2_vitb.pth|depth_anything_v2_vits.pth] ?resolution:INT=512(64..16384/64) -> IMAGE',
	Canny: 'image:IMAGE low_threshold:FLOAT=0.4(0.01..0.99) high_threshold:FLOAT=0.8(0.01..0.99) -> IMAGE',
	UpscaleModelLoader: 'model_name:@upscale_models -> UPSCALE_MODEL',
	ImageUpscaleWithModel: 'upscale_model:UPSCALE_MODEL image:IMAGE -> IMAGE',
	ImageInvert: 'image:IMAGE -> IMAGE',
	LoadImageMask: 'image:@input channel:[alpha|red|green|blue] -> MASK',
	GetImageSize: 'image:IMAGE -> INT INT INT',
	PreviewAny: 'source:* -> *',
	SaveLatent: 'samples:LATENT filename_prefix:STRING=latents/ComfyUI -> *',
	SaveAudio: 'audio:AUDIO filename_prefix:STRING=audio/ComfyUI -> *',
	SaveAudioMP3: 'audio:AUDIO filename_prefix:STRING=audio/ComfyUI quality:[V0|128k|320k] -> *',
	EmptyAudio: 'duration:FLOAT=60(0..3600) sample_rate:INT=44100(1..192000) channels:INT=2(1..2) -> AUDIO',
	SaveAnimatedPNG:
		'images:IMAGE filename_prefix:STRING=ComfyUI fps:FLOAT=6(0.01..1000) compress_level:INT=4(0..9) -> *',
	MaskPreview: 'mask:MASK -> *',
	SolidMask: 'value:FLOAT=1(0..1) width:INT=512(1..16384) height:INT=512(1..16384) -> MASK',
	SaveImageWebsocket: 'images:IMAGE -> *',
	EmptySD3LatentImage: `${size} batch_size:INT=1(1..4096) -> LATENT`,
	FluxGuidance: 'conditioning:CONDITIONING guidance:FLOAT=3.5(0..100) -> CONDITIONING',
	CLIPTextEncodeFlux: 'clip:CLIP clip_l:STRING t5xxl:STRING guidance:FLOAT=3.5(0..100) -> CONDITIONING',
	ConditioningZeroOut: 'conditioning:CONDITIONING -> CONDITIONING',
	RandomNoise: `noise_seed:${seed} -> NOISE`,
	BasicGuider: 'model:MODEL conditioning:CONDITIONING -> GUIDER',
	CFGGuider: `model:MODEL ${conditioned} cfg:FLOAT=8(0..100) -> GUIDER`,
	KSamplerSelect: `sampler_name:[${samplers}] -> SAMPLER`,
	BasicScheduler: `model:MODEL scheduler:[${schedulers}] steps:INT=20(1..10000) denoise:FLOAT=1(0..1) -> SIGMAS`,
	SamplerCustomAdvanced: 'noise:NOISE guider:GUIDER sampler:SAMPLER sigmas:SIGMAS latent_image:LATENT -> LATENT LATENT',
	SamplerCustom: `model:MODEL add_noise:BOOLEAN=true noise_seed:${seed} cfg:FLOAT=8(0..100) ${conditioned} sampler:SAMPLER sigmas:SIGMAS latent_image:LATENT -> LATENT LATENT`,
	KSamplerAdvanced: `model:MODEL add_noise:[enable|disable] noise_seed:${seed} steps:INT=20(1..10000) cfg:FLOAT=8(0..100) sampler_name:[${samplers}] scheduler:[${schedulers}] ${conditioned} latent_image:LATENT start_at_step:INT=0(0..10000) end_at_step:INT=10000(0..10000) return_with_leftover_noise:[disable|enable] -> LATENT`,
	ModelSamplingSD3: 'model:MODEL shift:FLOAT=3(0..100) -> MODEL',
	EmptyHunyuanLatentVideo: `${videoSize} batch_size:INT=1(1..4096) -> LATENT`,
	WanImageToVideo: `${conditioned} vae:VAE ${videoSize} batch_size:INT=1(1..4096) ?clip_vision_output:CLIP_VISION_OUTPUT ?start_image:IMAGE -> CONDITIONING CONDITIONING LATENT`,
	WanFirstLastFrameToVideo: `${conditioned} vae:VAE ${videoSize} batch_size:INT=1(1..4096) ?start_image:IMAGE ?end_image:IMAGE -> CONDITIONING CONDITIONING LATENT`,
	Wan22ImageToVideoLatent: `vae:VAE width:INT=1280(32..16384/32) height:INT=704(32..16384/32) length:INT=49(1..16384/4) batch_size:INT=1(1..4096) ?start_image:IMAGE -> LATENT`,
	EmptyLTXVLatentVideo: `width:INT=768(64..16384/32) height:INT=512(64..16384/32) length:INT=97(1..16384/8) batch_size:INT=1(1..4096) -> LATENT`,
	LTXVImgToVideo: `${conditioned} vae:VAE image:IMAGE width:INT=768(64..16384/32) height:INT=512(64..16384/32) length:INT=97(9..16384/8) batch_size:INT=1(1..4096) strength:FLOAT=1(0..1) -> CONDITIONING CONDITIONING LATENT`,
	LTXVConditioning: `${conditioned} frame_rate:FLOAT=25(0..1000) -> CONDITIONING CONDITIONING`,
	LTXVScheduler:
		'steps:INT=20(1..10000) max_shift:FLOAT=2.05(0..100) base_shift:FLOAT=0.95(0..100) stretch:BOOLEAN=true terminal:FLOAT=0.1(0..0.99) ?latent:LATENT -> SIGMAS',
	// Stand-ins of the second server that was recorded.
	RigModel: 'seed:INT=0(0..1000) -> MODEL',
	RigConditioning: 'seed:INT=0(0..1000) -> CONDITIONING',
	RigLatentToImage: 'samples:LATENT -> IMAGE',
	RigSteps: 'image:IMAGE steps:INT=4(1..1000) seconds:FLOAT=0.1(0..60) -> IMAGE',
	RigBlock: 'image:IMAGE message:STRING -> IMAGE',
	RigExpand: 'image:IMAGE -> IMAGE',
};
const outputNodes = /^(Preview|Save|MaskPreview)/;

const number = (text: string): number | bigint =>
	Number.isSafeInteger(Number(text)) || text.includes('.') ? Number(text) : BigInt(text);

/** One input of the notation above, as `/object_info` would tell it. */
function inputOf(spec: string, models: ModelFiles): { name: string; optional: boolean; config: Json[] } {
	const found = /^(\?)?(\w+):(?:\[(.*)\]|@(\w+)|(\w+|\*))(?:=([^(!]*))?(?:\(([^)]*)\))?(!)?$/.exec(spec);
	if (found === null) throw new Error(`Unreadable input: ${spec}`);
	const [, optional, name = '', choices, folder, type = '', initial, range, controlled] = found;
	const about = { name, optional: optional !== undefined };
	if (choices !== undefined) return { ...about, config: [choices.split('|'), {}] };
	if (folder !== undefined) return { ...about, config: [[...(models[folder] ?? [])], {}] };
	const options: JsonObject = {};
	if (initial !== undefined)
		options['default'] =
			type === 'STRING' ? initial : type === 'BOOLEAN' ? initial === 'true' : (number(initial) as Json);
	const [bounds = '', step] = (range ?? '').split('/');
	const [min, max] = bounds.split('..');
	if (min !== undefined && max !== undefined) Object.assign(options, { min: number(min), max: number(max) });
	if (step !== undefined) options['step'] = number(step);
	if (controlled !== undefined) options['control_after_generate'] = true;
	return { ...about, config: [type, options] };
}

function declare(name: string, text: string, models: ModelFiles): NodeInfo {
	const [inputs = '', outputs = ''] = text.split(' -> ');
	// Choices may hold blanks, so only a blank before the next name parts two inputs.
	const specs = inputs.split(/ (?=\??\w+:)/).map((spec) => inputOf(spec, models));
	const pick = (optional: boolean) => specs.filter((spec) => spec.optional === optional);
	const record = (optional: boolean) => Object.fromEntries(pick(optional).map(({ name, config }) => [name, config]));
	return {
		input: { required: record(false), ...(pick(true).length > 0 ? { optional: record(true) } : {}) },
		input_order: {
			required: pick(false).map((spec) => spec.name),
			...(pick(true).length > 0 ? { optional: pick(true).map((spec) => spec.name) } : {}),
		},
		output: outputs === '*' ? [] : outputs.split(' '),
		output_is_list: outputs.split(' ').map(() => false),
		output_name: outputs.split(' '),
		name,
		display_name: name,
		description: '',
		python_module: 'nodes',
		category: '',
		output_node: outputNodes.test(name),
	};
}

/** The node classes of a server with these model files: those recorded in full, and those the workflows of the product use. */
export function nodesWith(models: ModelFiles): Record<string, NodeInfo> {
	const nodes: Record<string, NodeInfo> = {};
	for (const { http_response: answer } of readRecording('01b_object_info').events)
		Object.assign(nodes, structuredClone(answer?.json ?? {}));
	for (const [name, text] of Object.entries(declared)) nodes[name] = declare(name, text, models);
	const checkpoints = nodes['CheckpointLoaderSimple']?.input.required['ckpt_name'];
	if (checkpoints !== undefined) checkpoints[0] = [...(models['checkpoints'] ?? [])];
	return nodes;
}

/** Model files by which every ready workflow of the product can run. */
export const everyModel: ModelFiles = {
	checkpoints: [
		'v1-5-pruned-emaonly-fp16.safetensors',
		'sd_xl_base_1.0.safetensors',
		'flux1-dev-fp8.safetensors',
		'ltx-video-2b-v0.9.5.safetensors',
	],
	loras: ['style.safetensors'],
	vae: ['wan_2.1_vae.safetensors', 'wan2.2_vae.safetensors'],
	controlnet: [
		'control_v11p_sd15_canny_fp16.safetensors',
		'control_v11f1p_sd15_depth_fp16.safetensors',
		'control_v11p_sd15_openpose_fp16.safetensors',
		'controlnet-union-sdxl-1.0-promax.safetensors',
	],
	upscale_models: ['RealESRGAN_x4plus.pth'],
	text_encoders: ['umt5_xxl_fp8_e4m3fn_scaled.safetensors', 't5xxl_fp16.safetensors'],
	diffusion_models: [
		'wan2.2_ti2v_5B_fp16.safetensors',
		'wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors',
		'wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors',
	],
};
