import type { CredentialKind } from './credential.ts';
import type { PictureSizes, Size } from './picture-sizes.ts';
import type { GenerationKind } from './provider.ts';

/** How long a clip may be. */
export type ClipLengths = { secondsOf: readonly number[] } | { fromSeconds: number; toSeconds: number };
/** What is known of a model of a cloud service. */
export type CloudModel = {
	/** As it is chosen and kept in recipes. */
	name: string;
	titles: { en: string; 'zh-CN': string };
	service: Exclude<CredentialKind, 'text'>;
	/** What it makes, each with the name by which the service is asked for it. */
	kinds: Partial<Record<GenerationKind, string>>;
	sizes: PictureSizes;
	/** Most reference pictures it takes. */
	references: number;
	clip?: ClipLengths;
	/** Whether a seed is taken; without it equal requests make other pictures. */
	takesSeed: boolean;
};

const square: Size = [1024, 1024];
const anySize: PictureSizes = { step: 8, minSidePx: 256, maxSidePx: 2048, minPixels: 65_536, maxPixels: 4_194_304 };
const clipShapes: PictureSizes = {
	of: [
		[1664, 704],
		[1248, 704],
		[1120, 832],
		[960, 960],
		[832, 1120],
		[704, 1248],
	],
};
const largeClipShapes: PictureSizes = {
	of: [
		[2176, 928],
		[1920, 1088],
		[1664, 1248],
		[1440, 1440],
		[1248, 1664],
		[1088, 1920],
	],
};
const gptKinds = (name: string) => ({ 'text-to-image': name, 'image-to-image': name, inpaint: name });

/** Families of models by how their names begin; the first that fits counts. */
const families: readonly [RegExp, (name: string) => Omit<CloudModel, 'name' | 'titles' | 'service'>][] = [
	[
		/^gpt-image-2/,
		(name) => ({
			kinds: gptKinds(name),
			sizes: {
				of: [square, [1536, 1024], [1024, 1536], [2048, 1152], [1152, 2048], [2048, 2048], [3840, 2160], [2160, 3840]],
			},
			references: 16,
			takesSeed: false,
		}),
	],
	[
		/^(gpt-image|chatgpt-image)/,
		(name) => ({
			kinds: gptKinds(name),
			sizes: { of: [square, [1536, 1024], [1024, 1536]] },
			references: 16,
			takesSeed: false,
		}),
	],
	[
		/^dall-e-3/,
		(name) => ({
			kinds: { 'text-to-image': name },
			sizes: { of: [square, [1792, 1024], [1024, 1792]] },
			references: 0,
			takesSeed: false,
		}),
	],
	[
		/^dall-e-2/,
		(name) => ({
			kinds: { 'text-to-image': name },
			sizes: { of: [[256, 256], [512, 512], square] },
			references: 0,
			takesSeed: false,
		}),
	],
	[
		/seedream-3/,
		(name) => ({
			kinds: { 'text-to-image': name },
			sizes: { step: 8, minSidePx: 512, maxSidePx: 2048, minPixels: 262_144, maxPixels: 4_194_304 },
			references: 0,
			takesSeed: true,
		}),
	],
	[
		/seededit-3/,
		(name) => ({
			kinds: { 'image-to-image': name },
			// It makes them as large as the picture it is given.
			sizes: anySize,
			references: 1,
			takesSeed: true,
		}),
	],
	[
		/seedream-4-0/,
		(name) => ({
			kinds: { 'text-to-image': name, 'image-to-image': name },
			sizes: { step: 8, minSidePx: 240, maxSidePx: 4096, minPixels: 921_600, maxPixels: 16_777_216 },
			references: 10,
			takesSeed: false,
		}),
	],
	[
		/seedream/,
		(name) => ({
			kinds: { 'text-to-image': name, 'image-to-image': name },
			sizes: { step: 8, minSidePx: 480, maxSidePx: 4096, minPixels: 3_686_400, maxPixels: 16_777_216 },
			references: 10,
			takesSeed: false,
		}),
	],
	[
		/seedance-1-0-lite-t2v/,
		(name) => ({
			kinds: { 'text-to-video': name },
			sizes: clipShapes,
			references: 0,
			clip: { fromSeconds: 2, toSeconds: 12 },
			takesSeed: true,
		}),
	],
	[
		/seedance-1-0-lite-i2v/,
		(name) => ({
			kinds: { 'image-to-video': name, 'first-last-frame-to-video': name },
			sizes: clipShapes,
			references: 1,
			clip: { fromSeconds: 2, toSeconds: 12 },
			takesSeed: true,
		}),
	],
	[
		/seedance-1-0-pro-fast/,
		(name) => ({
			kinds: { 'text-to-video': name, 'image-to-video': name },
			sizes: largeClipShapes,
			references: 1,
			clip: { fromSeconds: 2, toSeconds: 12 },
			takesSeed: true,
		}),
	],
	[
		/seedance/,
		(name) => ({
			kinds: { 'text-to-video': name, 'image-to-video': name, 'first-last-frame-to-video': name },
			sizes: largeClipShapes,
			references: 1,
			clip: /seedance-1-0/.test(name) ? { fromSeconds: 2, toSeconds: 12 } : { fromSeconds: 4, toSeconds: 12 },
			takesSeed: true,
		}),
	],
];

const jimengImages: PictureSizes = {
	of: [
		[1328, 1328],
		[1472, 1104],
		[1104, 1472],
		[1584, 1056],
		[1056, 1584],
		[1664, 936],
		[936, 1664],
		[2016, 864],
		[864, 2016],
	],
};
/** The models of the visual API; each of their kinds has a key of its own there. */
const visualModels: readonly CloudModel[] = [
	{
		name: 'jimeng-image-3',
		titles: { en: 'Jimeng images 3', 'zh-CN': '即梦图片 3' },
		service: 'volcengine',
		kinds: {
			'text-to-image': 'jimeng_t2i_v31',
			'image-to-image': 'jimeng_i2i_v30',
			inpaint: 'i2i_inpainting_edit',
			upscale: 'jimeng_i2i_seed3_tilesr_cvtob',
		},
		sizes: jimengImages,
		references: 1,
		takesSeed: true,
	},
	{
		name: 'jimeng-image-4',
		titles: { en: 'Jimeng images 4', 'zh-CN': '即梦图片 4' },
		service: 'volcengine',
		kinds: { 'text-to-image': 'jimeng_t2i_v40' },
		sizes: { step: 8, minSidePx: 512, maxSidePx: 4096, minPixels: 1_048_576, maxPixels: 16_777_216 },
		references: 0,
		takesSeed: false,
	},
	{
		name: 'jimeng-video-3',
		titles: { en: 'Jimeng video 3', 'zh-CN': '即梦视频 3' },
		service: 'volcengine',
		kinds: {
			'text-to-video': 'jimeng_t2v_v30',
			'image-to-video': 'jimeng_i2v_first_v30',
			'first-last-frame-to-video': 'jimeng_i2v_first_tail_v30',
		},
		sizes: clipShapes,
		references: 1,
		clip: { secondsOf: [5, 10] },
		takesSeed: true,
	},
	{
		name: 'jimeng-video-3-1080p',
		titles: { en: 'Jimeng video 3 · 1080p', 'zh-CN': '即梦视频 3 · 1080p' },
		service: 'volcengine',
		kinds: {
			'text-to-video': 'jimeng_t2v_v30_1080p',
			'image-to-video': 'jimeng_i2v_first_v30_1080',
			'first-last-frame-to-video': 'jimeng_i2v_first_tail_v30_1080',
		},
		sizes: largeClipShapes,
		references: 1,
		clip: { secondsOf: [5, 10] },
		takesSeed: true,
	},
	{
		name: 'jimeng-video-3-pro',
		titles: { en: 'Jimeng video 3 Pro', 'zh-CN': '即梦视频 3 Pro' },
		service: 'volcengine',
		kinds: { 'text-to-video': 'jimeng_ti2v_v30_pro', 'image-to-video': 'jimeng_ti2v_v30_pro' },
		sizes: largeClipShapes,
		references: 1,
		clip: { secondsOf: [5, 10] },
		takesSeed: true,
	},
];

/** What is offered of a service that was named no models and has listed none. */
const usual: Readonly<Record<'openai' | 'ark', readonly string[]>> = {
	openai: ['gpt-image-1', 'gpt-image-1-mini', 'gpt-image-2'],
	ark: [
		'doubao-seedream-4-0-250828',
		'doubao-seedance-1-0-pro-250528',
		'doubao-seedance-1-0-pro-fast-251015',
		'doubao-seedance-1-5-pro-251215',
	],
};
/** Of what a service lists, what makes pictures or clips by its name. */
const makesPictures =
	/image|dall-?e|flux|diffusion|sdxl|\bsd[-_]?\d|seedream|seededit|seedance|imagen|kolors|cogview|playground|pixart|photon|ideogram|recraft/i;

/** The model of this name, also one that nobody has heard of: it is taken to make pictures of any size. */
export function cloudModel(service: CloudModel['service'], name: string): CloudModel | null {
	if (service === 'volcengine') return visualModels.find((model) => model.name === name) ?? null;
	const titles = { en: name, 'zh-CN': name };
	const family = families.find(([begins]) => begins.test(name));
	const about = family?.[1](name) ?? {
		kinds: { 'text-to-image': name, 'image-to-image': name },
		sizes: anySize,
		references: 1,
		takesSeed: false,
	};
	return { name, titles, service, ...about };
}

/** The models to offer of a service: those that were named with its key, else those it lists that make pictures, else the usual ones. */
export function cloudModels(
	service: CloudModel['service'],
	{ models, listed }: { models: readonly string[]; listed: readonly string[] },
): CloudModel[] {
	if (service === 'volcengine') return [...visualModels];
	const able = listed.filter((name) => makesPictures.test(name));
	const names = models.length > 0 ? models : able.length > 0 ? able.slice(0, 50) : usual[service];
	return names.flatMap((name) => cloudModel(service, name) ?? []);
}
