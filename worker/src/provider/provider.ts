import { Problem } from '@reelroom/shared/problem.ts';
import type { Window } from '@reelroom/shared/cut/timeline.ts';
import type { GenerationKind, GenerationRequest, Reference } from '@reelroom/shared/provider/provider.ts';

/** A step of the work as it is told to everybody who watches. `value` of `max` steps are done. */
export type ProviderProgress = {
	stage: string;
	value: number;
	max: number;
	/** The picture as far as it is, WebP of at most 640 px. */
	preview?: Uint8Array;
};

/** A picture, or a clip without an end of its own: what it shows is its file. */
export type ProviderMedia = {
	bytes: Uint8Array;
	mediaType: 'image/webp' | 'image/png' | 'image/jpeg' | 'video/mp4' | 'video/webm';
	widthPx: number;
	heightPx: number;
};

/** Where a provider does the work of a task, in its own words; kept in the task before the work is sent off. */
export type ProviderReference = {
	node: string;
	promptId: string;
	/** Under which it is told of there; the prompt's own where it is left out. */
	clientId?: string;
	/** What is done there costs money: it is never begun a second time while nobody knows what has become of it. */
	isPaid?: true;
};
/** What a provider that works elsewhere keeps, so that work which goes on there is found again and not sent twice. */
export type ProviderAttempt = {
	/** What an earlier attempt kept; null at first. */
	reference: ProviderReference | null;
	/** Keeps it; rejects when somebody else has the task now. */
	keepReference(reference: ProviderReference): Promise<void>;
	/** Whether the run was stopped only for another to go on with it: what runs elsewhere is left running. */
	isTakenOver(): boolean;
};
/** For what needs no references: there are none to read. */
export const noFiles = (): Promise<never> => Promise.reject(new Problem('not-found', 'There are no references'));

export type ProviderContext = {
	signal: AbortSignal;
	onProgress: (progress: ProviderProgress) => Promise<void>;
	attempt?: ProviderAttempt;
	/** Whose keys for cloud services are used; that of a task. */
	projectId?: string;
	/** The bytes of a reference. */
	readFile: (sha256: string) => Promise<Uint8Array>;
};

/** The reference in a role; a request without one is refused in words. */
export function findReference(
	{ references = [] }: Pick<GenerationRequest, 'references'>,
	role: Reference['role'],
): Reference {
	const found = references.find((reference) => reference.role === role);
	if (found === undefined) throw new Problem('reference-missing', `This needs a picture as “${role}”`);
	return found;
}

/** A camera that goes from one window of a picture to another, eased. */
export type Camera = { from: Window; to: Window };
/** A clip of one picture, or of two of which the first dissolves into the second. */
export type ClipOfStills = {
	stills: readonly { bytes: Uint8Array; camera: Camera }[];
	/** Even numbers: H.264 has no others. */
	widthPx: number;
	heightPx: number;
	durationFrames: number;
	/** A whole number. */
	fps: number;
};
/** Makes an MP4 (H.264) of stills; equal stills give equal bytes. `onFrames` is told how many frames are written, and ends it when it rejects. */
export type MakeClip = (
	clip: ClipOfStills,
	context: { signal: AbortSignal; onFrames: (frames: number) => Promise<void> },
) => Promise<Uint8Array>;

/**
 * Takes in a clip that came from elsewhere: looked at by its first bytes and what it holds, refused beyond half an hour or 4K, written anew without what
 * else the file carries. What browsers do not play, and moving pictures such as GIF, become MP4 (H.264).
 */
export type TakeClip = (bytes: Uint8Array, context: { signal: AbortSignal }) => Promise<ProviderMedia>;

/** The port that every provider implements. */
export type Provider = {
	name: string;
	/** What it can make. */
	kinds: readonly GenerationKind[];
	/** Makes one picture or clip. Rejects with the signal's reason when it is aborted; equal requests give equal bytes where the provider can promise it. */
	make(request: GenerationRequest, context: ProviderContext): Promise<ProviderMedia>;
	/** Of a provider that works elsewhere: the places where it does, as far as they are known now. */
	nodes?(): readonly { isUp: boolean; /** How many more tasks it has room for. */ room: number }[];
	/** Asks its nodes how they are; called now and then. */
	probe?(): Promise<void>;
	/** Of one that works elsewhere: takes back what an attempt had sent there that nobody goes on with. */
	forget?(reference: ProviderReference): Promise<void>;
};
