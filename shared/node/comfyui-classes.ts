import * as z from 'zod';

/** The node classes that may run, as a setting lists them; empty where the farm page and the product decide. */
export const ComfyClasses = z
	.string()
	.default('')
	.transform(
		(list) =>
			new Set(
				list
					.split(',')
					.map((name) => name.trim())
					.filter(Boolean),
			),
	)
	.describe(
		"Node classes that may run on them, separated by commas; empty allows ComfyUI's safe ones, those of the ready workflows and what an administrator adds on the farm page.",
	);
