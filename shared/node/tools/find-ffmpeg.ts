import { join } from 'node:path';
import { environment } from '../config.ts';
import { cacheDir, canRun, fromWheel, outputOf } from './cache.ts';
import type { Tool } from './cache.ts';
import { findTool } from './find-tool.ts';

const folder = 'ffmpeg-wheel';
const oldest = 5;
/** What a film cannot be made without. */
const neededFilters = ['zoompan', 'xfade', 'subtitles', 'loudnorm'];

/** Finds an ffmpeg that can make our films: `FFMPEG_PATH`, PATH, the project's cache, then a wheel from the Python package registry. */
export function findFfmpeg({ fetch = true, env = environment() } = {}): Promise<Tool> {
	const cached = join(cacheDir(env), folder, 'ffmpeg');
	const wheel = () =>
		fromWheel({
			requirement: 'imageio-ffmpeg>=0.6.0',
			folder,
			name: 'ffmpeg',
			entry: /\/binaries\/ffmpeg-[^/]+$/,
			label: 'FFmpeg, 68 MB',
			verify: versionOf,
		});
	return findTool({
		what: 'an ffmpeg',
		variable: 'FFMPEG_PATH',
		names: ['ffmpeg'],
		places: [
			{ source: 'cache', find: async () => ((await canRun(cached)) ? cached : null) },
			...(fetch ? [{ source: 'Python package registry', find: wheel }] : []),
		],
		versionOf,
		advice: `Install FFmpeg ${oldest} or newer with x264 and libass so that \`ffmpeg\` is on PATH, or name one by FFMPEG_PATH.`,
		env,
	});
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
