import { randomUUID } from 'node:crypto';

/** A field of a form: words, or a file under a name of ours. */
export type FormField = { name: string; value: string } | { name: string; file: Uint8Array; fileName: string };

/** Writes a form as `multipart/form-data`. Names are ours and hold nothing that would end a line. */
export function multipart(fields: readonly FormField[]): { body: Uint8Array; contentType: string } {
	const boundary = `form-${randomUUID()}`;
	const parts = fields.flatMap((field) => {
		const isFile = 'file' in field;
		const about = isFile ? `; filename="${field.fileName}"\r\nContent-Type: image/png` : '';
		return [
			Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${field.name}"${about}\r\n\r\n`),
			isFile ? Buffer.from(field.file) : Buffer.from(field.value),
			Buffer.from('\r\n'),
		];
	});
	return {
		body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
		contentType: `multipart/form-data; boundary=${boundary}`,
	};
}
