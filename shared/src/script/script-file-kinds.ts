import * as z from 'zod';

/** The kinds of file that a script is read from. */
export const scriptFileKinds = ['fountain', 'fdx', 'plain-text', 'markdown', 'docx', 'pdf'] as const;
export const ScriptFileKind = z.enum(scriptFileKinds);
export type ScriptFileKind = z.infer<typeof ScriptFileKind>;

/** What a file chooser offers. */
export const scriptFileAccept =
	'.fountain,.spmd,.fdx,.txt,.text,.md,.markdown,.docx,.pdf,text/plain,text/markdown,application/vnd.openxmlformats-officedocument.wordprocessingml.document,application/pdf';
