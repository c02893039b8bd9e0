import type * as z from 'zod';

/** Says every fault of a process's environment at once, one line per variable. */
export class ConfigFault extends Error {
	override name = 'ConfigFault';
}

/** The environment of this process: where tools look for programs, and what the processes it starts are given. */
export const environment = (): NodeJS.ProcessEnv => process.env;

/**
 * Reads a process's settings from its environment; an empty variable counts as not set, and every fault is reported at once.
 * The result is frozen: settings are read once and passed on.
 */
export function readConfig<Schema extends z.ZodObject>(
	schema: Schema,
	env: Record<string, string | undefined> = environment(),
): Readonly<z.output<Schema>> {
	const given: Record<string, string> = {};
	for (const key of Object.keys(schema.shape)) {
		const value = env[key];
		if (value !== undefined && value.trim() !== '') given[key] = value;
	}
	const result = schema.safeParse(given);
	if (result.success) return Object.freeze(result.data);
	const lines = result.error.issues.map((issue) => {
		const key = issue.path.map(String).join('.') || 'settings';
		return `  ${key}: ${key in given || issue.code !== 'invalid_type' ? issue.message : 'is not set'}`;
	});
	throw new ConfigFault(`The settings are not usable:\n${lines.join('\n')}`);
}

/** Reads the settings as `readConfig` does, or tells the person what is wrong and ends the process with 2. */
export function readConfigOrExit<Schema extends z.ZodObject>(
	schema: Schema,
	env: Record<string, string | undefined> = environment(),
): Readonly<z.output<Schema>> {
	try {
		return readConfig(schema, env);
	} catch (error) {
		if (!(error instanceof ConfigFault)) throw error;
		process.stderr.write(`${error.message}\n`);
		process.exit(2);
	}
}
