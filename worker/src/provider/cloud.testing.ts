import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { createOutgoing } from '@reelroom/shared/node/outgoing.ts';
import type { GenerationRequest, Reference } from '@reelroom/shared/provider/provider.ts';
import { aPictureRequest } from '../testing.ts';
import { createCloudCall } from './cloud-call.ts';
import type { OpenCredential } from './credentials.ts';
import {
	noFiles,
	type ProviderAttempt,
	type ProviderContext,
	type ProviderProgress,
	type ProviderReference,
} from './provider.ts';

/** A key as a provider gets it; stand-ins may be called where they are. */
export const aCredential = (about: Partial<OpenCredential> & { baseUrl: string }): OpenCredential => ({
	region: 'cn-north-1',
	models: [],
	apiKey: null,
	accessKey: null,
	secretKey: null,
	trust: [new URL(about.baseUrl).host],
	...about,
});
/** The way out into the network as workers have it. */
export const aCall = (hosts: readonly string[] = []) => createCloudCall(createOutgoing({ hosts }));

/** An attempt that keeps what it is told as a task would, for the next attempt to find. */
export function anAttempt(reference: ProviderReference | null = null): ProviderAttempt & { kept: ProviderReference[] } {
	const kept: ProviderReference[] = [];
	return {
		reference,
		keepReference: async (told) => void kept.push(told),
		isTakenOver: () => false,
		kept,
	};
}
export function aContext(
	about: Partial<ProviderContext> & { told?: (progress: ProviderProgress) => void } = {},
): ProviderContext {
	const { told, ...rest } = about;
	return {
		signal: new AbortController().signal,
		onProgress: async (progress) => told?.(progress),
		attempt: anAttempt(),
		readFile: noFiles,
		projectId: 'project-0001',
		...rest,
	};
}
export const aRequest = (about: Partial<GenerationRequest> = {}): GenerationRequest => ({
	...aPictureRequest(),
	prompt: 'A lamp on a table',
	widthPx: 640,
	heightPx: 360,
	...about,
});

/** Pictures that a request brings along, with what reads them. */
export async function someReferences(
	...those: { role: Reference['role']; width: number; height: number; colour?: string }[]
): Promise<{ references: Reference[]; readFile: ProviderContext['readFile'] }> {
	const files = new Map<string, Uint8Array>();
	const references: Reference[] = [];
	for (const { role, width, height, colour = '#884422' } of those) {
		const bytes = await sharp({ create: { width, height, channels: 3, background: colour } })
			.webp()
			.toBuffer();
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		files.set(sha256, new Uint8Array(bytes));
		references.push({ role, sha256 });
	}
	return { references, readFile: async (sha256) => files.get(sha256) ?? noFiles() };
}
