import OmniCore
import Synchronization

/// What somebody outside wants of a conversation.
enum ConversationCommand: Sendable {
    case commit
    case clear
    case respond
    case respondToText(String, ReplyMode)
    case interrupt
    case truncate(ReplyID, heard: Duration)
    case change(TurnSettings?)
}

/// What a conversation's loop has to deal with, one at a time.
enum ConversationInput: Sendable {
    case audio(AudioChunk)
    case audioEnded((any Error)?)
    case command(ConversationCommand)
    /// Something has happened elsewhere.
    case wake
}

/// Where sound, commands and news meet. Commands go first; at most one chunk of sound waits.
final class ConversationInbox: Sendable {
    private struct State {
        var commands = FIFO<ConversationCommand>()
        var audio: ConversationInput?
        var isWoken = false
        var taker: CheckedContinuation<ConversationInput, Never>?
        var sleeper: CheckedContinuation<Void, Never>?
        var feeder: CheckedContinuation<Void, Never>?
        var isClosed = false

        mutating func take() -> ConversationInput? {
            if let command = commands.popFirst() { return .command(command) }
            if let audio {
                self.audio = nil
                return audio
            }
            guard isWoken else { return nil }
            isWoken = false
            return .wake
        }
    }

    private let state = Mutex(State())

    func send(_ command: ConversationCommand) { change { $0.commands.append(command) } }

    func wake() { change { $0.isWoken = true } }

    /// Hands over sound, or its end, and returns when the loop has taken it or wants no more.
    func feed(_ input: ConversationInput) async {
        await withCheckedContinuation { continuation in
            change { state in
                if !state.isClosed { state.audio = input }
                state.feeder = continuation
            }
        }
    }

    /// Waits for the next input. For the loop alone.
    func next() async -> ConversationInput {
        await withCheckedContinuation { continuation in
            change { $0.taker = continuation }
        }
    }

    /// Waits until something has happened, or a command has come. For the loop alone.
    func woken() async {
        await withCheckedContinuation { continuation in
            change { $0.sleeper = continuation }
        }
    }

    /// A command that waits.
    func nextCommand() -> ConversationCommand? { state.withLock { $0.commands.popFirst() } }

    /// The loop takes nothing any more.
    func close() {
        change { state in
            state.isClosed = true
            state.audio = nil
        }
    }

    /// Changes the state, then wakes whoever can go on. Continuations are resumed outside of the lock.
    private func change(_ body: (inout State) -> Void) {
        typealias Wake = (taker: CheckedContinuation<ConversationInput, Never>, input: ConversationInput)
        let (wake, others) = state.withLock { state -> (Wake?, [CheckedContinuation<Void, Never>]) in
            body(&state)
            var wake: Wake?
            var others: [CheckedContinuation<Void, Never>] = []
            if let taker = state.taker, let input = state.take() {
                state.taker = nil
                wake = (taker, input)
            }
            if let sleeper = state.sleeper, state.isWoken || !state.commands.isEmpty {
                (state.sleeper, state.isWoken) = (nil, false)
                others.append(sleeper)
            }
            if state.audio == nil, let feeder = state.feeder {
                state.feeder = nil
                others.append(feeder)
            }
            return (wake, others)
        }
        if let wake { wake.taker.resume(returning: wake.input) }
        for other in others { other.resume() }
    }
}
