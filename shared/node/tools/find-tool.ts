import { onPath, reasonOf } from './cache.ts';
import type { Tool } from './cache.ts';

/** One more place to look for a program: its path, `null` when it is not there; a throw says why it cannot be had. */
export type Place = { source: string; find: () => Promise<string | null> };

/**
 * Finds a program: the one the variable names, or else the first usable one on PATH, or else in the further places, in their order.
 * When all ways fail, the error says what was tried and `advice`.
 */
export async function findTool({
	what,
	variable,
	names,
	places,
	versionOf,
	advice,
	env,
}: {
	/** For messages, such as `a mongod`. */
	what: string;
	variable: string;
	/** What it may be called on PATH. */
	names: readonly string[];
	places: readonly Place[];
	/** Throws, with the reason, for a program that is not usable. */
	versionOf: (path: string) => Promise<string>;
	advice: string;
	env: NodeJS.ProcessEnv;
}): Promise<Tool> {
	const tried: string[] = [];
	const attempt = async (path: string, source: string): Promise<Tool | undefined> => {
		try {
			return { path, version: await versionOf(path), source };
		} catch (error) {
			tried.push(`${path}: ${reasonOf(error)}`);
			return undefined;
		}
	};
	const named = env[variable];
	if (named) {
		const tool = await attempt(named, variable);
		if (tool) return tool;
		throw new Error(`${variable} does not name ${what} that is usable. ${tried.join('; ')}`);
	}
	for (const path of await onPath([...names], env)) {
		const tool = await attempt(path, 'PATH');
		if (tool) return tool;
	}
	if (tried.length === 0) tried.push(`PATH: no ${names.join(', ')} there`);
	for (const { source, find } of places) {
		try {
			const path = await find();
			const tool = path === null ? undefined : await attempt(path, source);
			if (tool) return tool;
			if (path === null) tried.push(`${source}: not there`);
		} catch (error) {
			tried.push(`${source}: ${reasonOf(error)}`);
		}
	}
	throw new Error(`No usable ${what.replace(/^an? /, '')} was found. Tried: ${tried.join('; ')}. ${advice}`);
}
