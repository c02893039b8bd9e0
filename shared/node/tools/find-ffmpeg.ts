import { join } from 'node:path';
import { cacheDir, canRun, fromWheel, onPath, outputOf, reasonOf } from './cache.ts';
import type { Tool } from './cache.ts';

const folder = 'ffmpeg-wheel';
const oldest = 5;
/** What a film cannot be made without. */
const neededFilters = ['zoompan', 'xfade', 'subtitles', 'loudnorm'];

/** Finds an ffmpeg that can make our films: `FFMPEG_PATH`, PATH, the project's cache, then a wheel from the Python package registry. */
export async function findFfmpeg({ fetch = true, env = process.env } = {}): Promise<Tool> {
	const tried: string[] = [];
	const attempt = async (path: string, source: string): Promise<Tool | undefined> => {
		try {
			return { path, version: await versionOf(path), source };
		} catch (error) {
			tried.push(`${path}: ${reasonOf(error)}`);
			return undefined;
		}
	};

	if (env.FFMPEG_PATH) {
		const tool = await attempt(env.FFMPEG_PATH, 'FFMPEG_PATH');
		if (tool) return tool;
		throw new Error(`FFMPEG_PATH does not name a usable ffmpeg. ${tried.join('; ')}`);
	}
	for (const path of await onPath(['ffmpeg'], env)) {
		const tool = await attempt(path, 'PATH');
		if (tool) return tool;
	}
	if (tried.length === 0) tried.push('PATH: no ffmpeg there');
	const cached = join(cacheDir(env), folder, 'ffmpeg');
	if (await canRun(cached)) {
		const tool = await attempt(cached, 'cache');
		if (tool) return tool;
	} else tried.push(`cache: ${cached} is not there`);
	if (fetch) {
		try {
			const path = await fromWheel({
				requirement: 'imageio-ffmpeg>=0.6.0',
				folder,
				name: 'ffmpeg',
				entry: /\/binaries\/ffmpeg-[^/]+$/,
				label: 'FFmpeg, 68 MB',
				verify: versionOf,
			});
			return { path, version: await versionOf(path), source: 'Python package registry' };
		} catch (error) {
			tried.push(`wheel imageio-ffmpeg: ${reasonOf(error)}`);
		}
	}
	throw new Error(
		`No usable ffmpeg was found. Tried: ${tried.join('; ')}. Install FFmpeg ${oldest} or newer with x264 and libass so that \`ffmpeg\` is on PATH, or name one by FFMPEG_PATH.`,
	);
}

async function versionOf(path: string): Promise<string> {
	const version = /^ffmpeg version (\S+)/m.exec(await outputOf(path, ['-version']))?.[1];
	if (version === undefined) throw new Error('it does not say its version');
	// Builds from the development line are named by date or revision and are newer than any release we know.
	const major = /^n?(\d+)\./.exec(version)?.[1];
	if (major !== undefined && Number(major) < oldest) throw new Error(`version ${version} is older than ${oldest}`);
	const [filters, encoders] = await Promise.all([
		outputOf(path, ['-hide_banner', '-filters']),
		outputOf(path, ['-hide_banner', '-encoders']),
	]);
	const missing = neededFilters.filter((name) => !filters.includes(` ${name} `));
	for (const encoder of ['libx264', 'aac']) if (!encoders.includes(` ${encoder} `)) missing.push(encoder);
	if (missing.length > 0) throw new Error(`it lacks ${missing.join(', ')}`);
	return version;
}
