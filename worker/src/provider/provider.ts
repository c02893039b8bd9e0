import type { PictureRequest } from '@reelroom/shared/provider/provider.ts';

/** A step of the work as it is told to everybody who watches. `value` of `max` steps are done. */
export type ProviderProgress = {
	stage: string;
	value: number;
	max: number;
	/** The picture as far as it is, WebP of at most 640 px. */
	preview?: Uint8Array;
};

export type ProviderPicture = {
	bytes: Uint8Array;
	mediaType: 'image/webp' | 'image/png' | 'image/jpeg';
	widthPx: number;
	heightPx: number;
};

/** Where a provider does the work of a task, in its own words; kept in the task before the work is sent off. */
export type ProviderReference = { node: string; promptId: string };
/** What a provider that works elsewhere keeps, so that work which goes on there is found again and not sent twice. */
export type ProviderAttempt = {
	/** What an earlier attempt kept; null at first. */
	reference: ProviderReference | null;
	/** Keeps it; rejects when somebody else has the task now. */
	keepReference(reference: ProviderReference): Promise<void>;
	/** Whether the run was stopped only for another to go on with it: what runs elsewhere is left running. */
	isTakenOver(): boolean;
};
export type ProviderContext = {
	signal: AbortSignal;
	onProgress: (progress: ProviderProgress) => Promise<void>;
	attempt?: ProviderAttempt;
};

/** The port that every provider implements. */
export type Provider = {
	name: string;
	/** Makes one picture. Rejects with the signal's reason when it is aborted; equal requests give equal bytes where the provider can promise it. */
	makePicture(request: PictureRequest, context: ProviderContext): Promise<ProviderPicture>;
};
