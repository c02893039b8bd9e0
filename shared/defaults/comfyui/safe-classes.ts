import { readyWorkflows } from '../workflows/ready-workflows.ts';
import coreClasses from './core-classes.json' with { type: 'json' };

/**
 * Node classes that may run without anybody having listed them: those of the ready workflows, and ComfyUI's own that neither read what others left on the
 * server, nor write models, nor train, nor run patterns of the author's making.
 */
export const safeClasses = (): ReadonlySet<string> =>
	new Set([
		...coreClasses,
		...readyWorkflows().flatMap(({ graph }) => Object.values(graph).map(({ class_type: type }) => type)),
	]);
