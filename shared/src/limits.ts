/** Every size, count and duration that two ends must agree on. */
export const limits = {
	scriptBytes: 2 * 1024 * 1024,
	/** A file that holds a script among other things: FDX, DOCX, PDF. */
	scriptFileBytes: 10 * 1024 * 1024,
	/** What is unpacked of one Word document. */
	unpackedBytes: 24 * 1024 * 1024,
	/** Reading a script file or setting its pages is given up after this long. */
	scriptFileMs: 20_000,
	/** A file with more lines is refused, and of a script that grew longer no more is read for scenes: some 500 pages, read in a tenth of a second. */
	linesPerScript: 30_000,
	/** Headings behind these make no scenes: whoever floods a document must not hold up everybody else's. */
	scenesPerScript: 2000,
	/** Names behind these are no longer followed. */
	charactersPerScript: 500,
	/** A break-down that would bring the board above this is refused. */
	shotsPerBoard: 5000,
	jsonBytes: 1024 * 1024,
	/** What is stored of one live document; the database takes no record above 16 MiB, and one edit of the server may add a few. */
	documentBytes: 8 * 1024 * 1024,
	/** What a version may take when compressed; with its record around it it stays below what the database takes. A document that fits the limit above is far below. */
	versionBytes: 12 * 1024 * 1024,
	namedVersions: 500,
	/** Largest frame of the live document's socket. */
	syncFrameBytes: 1024 * 1024,
	/** Updates of one connection are gathered this long before they are journalled. */
	syncGatherMs: 20,
	/** So often a connection is asked whether it lives; one that has not answered by the next time is dropped, so that a half-open one is gone after twice this. */
	syncPingMs: 25_000,
	/** A connection whose unsent bytes exceed this is dropped: it reads more slowly than others write, and they are not to wait for it. */
	syncBacklogBytes: 8 * 1024 * 1024,
	/** The same of a connection for hints, whose frames of forming pictures are the largest. */
	hintBacklogBytes: 4 * 1024 * 1024,
	/** The server reconciles scenes with the text after edits have rested this long. */
	reconcileAfterMs: 150,
	ticketMs: 30_000,
	accessTokenMs: 15 * 60_000,
	refreshTokenMs: 30 * 24 * 3_600_000,
	refreshReuseMs: 10_000,
	apiKeysPerAccount: 50,
	invitationMs: 7 * 24 * 3_600_000,
	passwordChars: { min: 8, max: 128 },
	pageItems: 100,
	shotsPerRequest: 500,
	/** Longest clip that is asked for. */
	clipFrames: 10_000,
	noteChars: 5_000,
	noteQuoteChars: 500,
	mentionsPerNote: 50,
	/** Notes behind these are refused: whoever opens a project reads all of them. */
	notesPerProject: 5_000,
	/** Guests behind these are refused, so that a link that got about does not fill a project. */
	guestsPerLink: 500,
	notesPerLink: 1_000,
	notificationsShown: 50,
	/** Largest file of a ComfyUI graph. */
	workflowBytes: 2 * 1024 * 1024,
	workflowsPerWorkspace: 500,
	versionsPerWorkflow: 500,
	/** Days of usage that are told at once. */
	usageDays: 366,
	/** For so long a task that was taken off the lists by hand can be put back. */
	deletedTaskMs: 24 * 3_600_000,
	taskAttempts: 3,
	/** Attempts of one task that are told; older ones are forgotten when it is begun anew by hand. */
	attemptsKept: 30,
	/** The pause before a task that failed by a passing fault is tried again; each further one is twice as long, up to the longest. */
	retryFirstMs: 2_000,
	retryMostMs: 60_000,
	/** A provider that wants to be left alone for longer than this fails the task. */
	retryLatestMs: 3_600_000,
	/** What has neither been rung for nor seen in the change stream is looked for this often. */
	taskLookMs: 1_000,
	/** A provider that was told to stop is left behind after this long, should it not listen. */
	taskStopMs: 3_000,
	/** A worker that has not renewed its claim for this long has lost it. */
	taskLeaseMs: 10_000,
	/** Reservations that a crash left are looked for this often. */
	chargeSweepMs: 30_000,
	/** Tasks of those who were removed from a workspace by a server that died over it are looked for this often. */
	leaverSweepMs: 30_000,
	/** How long one attempt at a task may take, by its kind. */
	taskMs: { image: 5 * 60_000, video: 30 * 60_000, render: 60 * 60_000 },
	/** Largest file that is taken from a provider. */
	providerFileBytes: 64 * 1024 * 1024,
	/** Longest and largest clip that is taken from a provider: 4K, lying or standing. */
	clipMs: 30 * 60_000,
	clipSidePx: 4096,
	clipPx: 4096 * 2160,
	/** Largest file of a clip that is taken from a person, how long it may take to be written anew, and how long whoever uploaded it waits for that. */
	ownClipBytes: 256 * 1024 * 1024,
	ownClipMs: 8 * 60_000,
	ownClipWaitMs: 9 * 60_000,
	/** Clips that one person may have taken in at a time. */
	ownClipsAtOnce: 4,
	/** Largest picture file that is taken from a person. */
	pictureBytes: 20 * 1024 * 1024,
	picturePixels: 50_000_000,
	/** Longest side that a WebP file can have. */
	webpSidePx: 16_383,
	/** Longest side of a reference picture as it is kept. */
	referenceSidePx: 2048,
	picturesPerBible: 1000,
	/** Longest side of a picture of one's own that becomes a take. */
	ownTakeSidePx: 4096,
	/** For so long a take that was discarded can be brought back. */
	discardedTakeMs: 30 * 24 * 3_600_000,
	/** From this likeness on a picture is the same to the eye. */
	sameToTheEye: 0.97,
	previewSidePx: 640,
	thumbnailSidePx: 400,
	posterSidePx: 1200,
} as const;
