import * as z from 'zod';

/** The ComfyUI servers of an install, as a setting names them. */
export const ComfyUrls = z
	.string()
	.default('')
	.transform((list) =>
		list
			.split(',')
			.map((url) => url.trim().replace(/\/+$/, ''))
			.filter(Boolean),
	)
	.pipe(z.array(z.url({ protocol: /^https?$/ })))
	.describe('ComfyUI servers that draw, separated by commas, such as http://127.0.0.1:8188.');
