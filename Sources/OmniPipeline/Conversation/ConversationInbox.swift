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
    /// The end of the audio, behind what waits.
    private var audioEnd: ConversationInput?
    private var isWoken = false
    private var isClosed = false
    /// Whether the driver takes audio; otherwise it waits for something else.
    private var acceptsAudio = true
    /// Whether the driver works on the audio that it took last: until it accepts audio again.
    private var isProcessing = false

    /// Whether audio may be put in, and what was put in before has been processed.
    var hasRoom: Bool { isClosed || audio == nil && audioEnd == nil && !isProcessing }

    mutating func put(_ command: ConversationCommand) {
        if !isClosed { commands.append(command) }
    }

    /// Puts audio in.
    ///
    /// - Returns: `false` when there is no room.
    mutating func put(_ chunk: AudioChunk) -> Bool {
        guard hasRoom else { return false }
        if !isClosed { audio = .audio(chunk) }
        return true
    }

    /// Says that there is no more audio, and why. There is always room for that.
    mutating func endAudio(_ error: (any Error)?) {
        if !isClosed, audioEnd == nil { audioEnd = .audioEnded(error) }
    }

    mutating func wake() { isWoken = true }

    mutating func take() -> ConversationInput? {
        if let command = commands.popFirst() { return .command(command) }
        if acceptsAudio, let next = audio ?? audioEnd {
            if audio == nil { audioEnd = nil } else { audio = nil }
            isProcessing = true
            return next
        }
        guard isWoken else { return nil }
        isWoken = false
        return .wake
    }

    /// The driver waits for the next input.
    mutating func wait(acceptingAudio: Bool) {
        acceptsAudio = acceptingAudio
        if acceptingAudio { isProcessing = false }
    }

    mutating func popCommand() -> ConversationCommand? { commands.popFirst() }

    /// The driver takes nothing any more.
    mutating func close() {
        isClosed = true
        (audio, audioEnd) = (nil, nil)
        commands = Queue()
    }
}

extension Mailbox<ConversationInbox> {
    convenience init() { self.init(ConversationInbox()) }

    func send(_ command: ConversationCommand) { change { $0.put(command) } }

    func wake() { change { $0.wake() } }

    /// Hands over audio. Returns when it has been processed, when the driver takes no more, and when the task is
    /// cancelled; audio for which there was no room until then is dropped.
    func feed(_ chunk: AudioChunk) async {
        while !change({ $0.put(chunk) }), !Task.isCancelled { await waitForRoom() }
        await waitForRoom()
    }

    /// Says that there is no more audio, and why. Returns as ``feed(_:)`` does; it is said in any case.
    func endAudio(throwing error: (any Error)? = nil) async {
        change { $0.endAudio(error) }
        await waitForRoom()
    }

    /// The next input. For the driver alone.
    func next(acceptingAudio: Bool) async -> ConversationInput {
        await next { $0.wait(acceptingAudio: acceptingAudio) }
    }
}
