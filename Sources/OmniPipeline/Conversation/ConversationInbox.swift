import OmniCore

/// What a caller wants of a conversation.
enum ConversationCommand: Sendable {
    /// Ends the turn in progress.
    case commit
    /// Takes recorded audio as a turn.
    case commitAudio(AudioChunk)
    case clear
    case respond(RespondRequest)
    case interrupt
    case truncate(ReplyID, heard: Duration)
    case change(ConversationOptions)
    case changeTurns(TurnSettings?)
}

/// A reply that a caller asks for.
struct RespondRequest: Sendable {
    enum Question: Sendable {
        /// The turn that ended last.
        case lastTurn
        case speech(AudioChunk)
        case text(String)
    }

    let question: Question
    /// `nil`: that of the conversation.
    let mode: ReplyMode?
    /// `nil`: that of the conversation.
    let generation: GenerationOptions?
}

/// What a conversation's driver receives, one at a time.
enum ConversationInput: Sendable {
    case audio(AudioChunk)
    case audioEnded((any Error)?)
    case command(ConversationCommand)
    /// Something has happened elsewhere: events were taken, or a reply made something known.
    case wake
}

/// Audio, commands and news on their way to a conversation's driver. Commands go first; at most one chunk of audio
/// waits, until the one before has been processed.
struct ConversationInbox: MailboxContent {
    private var commands = Queue<ConversationCommand>()
    private var audio: ConversationInput?
    private var isWoken = false
    private var isClosed = false
    /// Whether the driver takes audio; otherwise it waits for something else.
    var acceptsAudio = true
    /// Whether the driver works on the audio that it took last.
    var isProcessing = false

    /// Whether audio may be put in, and what was put in before has been processed.
    var hasRoom: Bool { isClosed || audio == nil && !isProcessing }

    mutating func put(_ command: ConversationCommand) {
        if !isClosed { commands.append(command) }
    }

    /// Puts audio in, or its end.
    ///
    /// - Returns: `false` when there is no room.
    mutating func put(_ audio: ConversationInput) -> Bool {
        guard hasRoom else { return false }
        if !isClosed { self.audio = audio }
        return true
    }

    mutating func wake() { isWoken = true }

    mutating func take() -> ConversationInput? {
        if let command = commands.popFirst() { return .command(command) }
        if acceptsAudio, let audio {
            (self.audio, isProcessing) = (nil, true)
            return audio
        }
        guard isWoken else { return nil }
        isWoken = false
        return .wake
    }

    mutating func popCommand() -> ConversationCommand? { commands.popFirst() }

    /// The driver takes nothing any more.
    mutating func close() {
        isClosed = true
        audio = nil
        commands = Queue()
    }
}

extension Mailbox<ConversationInbox> {
    convenience init() { self.init(ConversationInbox()) }

    func send(_ command: ConversationCommand) { change { $0.put(command) } }

    func wake() { change { $0.wake() } }

    /// Hands over audio, or its end. Returns when it has been processed, when the driver takes no more, and when the
    /// task is cancelled.
    func feed(_ input: ConversationInput) async {
        while !change({ $0.put(input) }), !Task.isCancelled { await waitForRoom() }
        await waitForRoom()
    }

    /// The next input. For the driver alone.
    func next(acceptingAudio: Bool) async -> ConversationInput {
        change { $0.acceptsAudio = acceptingAudio }
        return await next()
    }
}
