import Foundation
import Logging
import Metrics
import OmniCore
import OmniPipeline
import OmniSNAC
import OmniWhisper

/// The shell around a ``RealtimeMachine``: passes the client's messages and the conversation's events to it, and its
/// actions on to both.
///
/// Reading events, finding turns and resampling is computing, which has no place on the threads that all tasks share: a
/// conversation lives in a lane of the threads that are there for that.
actor RealtimeConversation {
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe lane.asUnownedSerialExecutor() }
    private let lane: WorkLane
    private let version: RealtimeVersion
    private let conversation: Conversation
    private var machine: RealtimeMachine
    private var limit: EventLimit
    private var events: Task<Void, Never>?
    private let replies: ReplyService
    private let queue: OutboundQueue
    private let logger: Logger
    private var eventCount = 0
    /// The replies that have begun and are not over.
    private var unfinished: [ReplyID: UnfinishedReply] = [:]

    init(
        id: String, start: RealtimeStart, replies: ReplyService, queue: OutboundQueue, logger: Logger, lane: WorkLane,
        account: ClientAccount
    ) {
        version = start.version
        let encoder = replies.omni.encoder
        machine = RealtimeMachine(
            id: id, model: replies.modelName, kind: start.kind, findsTurns: replies.omni.voiceActivity != nil,
            languages: replies.omni.transcriber.map { ($0 as? WhisperTranscriber)?.vocabulary.languages ?? [] },
            samplesPerStep: replies.omni.codec.samplesPerFrame,
            longestQuestion: .seconds(Double(encoder.maximumSampleCount) / Double(encoder.inputSampleRate)))
        self.replies = replies
        self.queue = queue
        self.logger = logger
        self.lane = lane
        limit = EventLimit(account)
        let options = machine.settings.conversationOptions(at: replies, in: lane)
        conversation = replies.scheduler.makeSession().converse(options)
    }

    func begin() {
        perform(machine.begin())
        events = Task { await takeEvents() }
    }

    /// Takes a message of the client's.
    ///
    /// - Returns: whether the conversation goes on.
    func receive(_ message: WebSocketMessage) async -> Bool {
        switch message {
        case .tooMuch:
            send(.error(.tooMany("events", retryAfter: .seconds(1)), cause: nil))
            queue.put(.close(1008, "too many events"))
            return false
        case .binary:
            perform(machine.receiveBinary())
        case .text(let bytes):
            guard String(validating: bytes, as: UTF8.self) != nil else {
                queue.put(.close(1007, "a message is text in UTF-8"))
                return false
            }
            do {
                for action in machine.receive(try JSON(parsing: bytes, limits: .event)) {
                    guard case .push(let chunk) = action else {
                        perform([action])
                        continue
                    }
                    guard await push(chunk) else { return false }
                }
            } catch {
                send(.error(error, cause: nil))
            }
        }
        return true
    }

    /// The client has left.
    func end() {
        events?.cancel()
        conversation.cancel()
        unfinished = [:]
    }

    /// Whether a response is under way.
    var isReplying: Bool { machine.response != nil }

    // MARK: Actions

    private func perform(_ actions: [RealtimeAction]) {
        for action in actions {
            switch action {
            case .send(let event): send(event)
            // Audio is handed over by `receive`, which waits until it has been processed.
            case .push: break
            case .change(let settings): conversation.change(settings.conversationOptions(at: replies, in: lane))
            case .commit: conversation.commit()
            case .commitAudio(let audio): conversation.commit(audio)
            case .clear: conversation.clear()
            case .respond(let question, let modality, let limit): respond(to: question, modality, limit)
            case .interrupt: conversation.interrupt()
            }
        }
    }

    private func send(_ event: ServerEvent) {
        eventCount += 1
        guard let json = version.event(event.json(id: "event_\(machine.id)_\(eventCount)")) else { return }
        queue.put(.text(json.text))
    }

    /// Hands over what was appended.
    ///
    /// - Returns: whether the conversation goes on.
    private func push(_ chunk: AudioChunk) async -> Bool {
        guard limit.allows(audio: chunk.duration, at: .now) else {
            send(.error(.tooMany("seconds of audio", retryAfter: .seconds(1)), cause: nil))
            queue.put(.close(1008, "too much audio"))
            return false
        }
        await conversation.push(chunk)
        return !Task.isCancelled
    }

    private func respond(to question: RealtimeAction.Question, _ modality: Modality, _ limit: Int?) {
        guard !replies.isDraining else { return perform(machine.failResponse(.draining)) }
        let generation = GenerationOptions(maximumStepCount: limit)
        let isSpoken = modality == .audio
        switch question {
        case .lastTurn: conversation.respond(mode: modality.modeForSpeech, generation: generation)
        case .speech(let audio):
            conversation.respond(to: audio, mode: modality.modeForSpeech, generation: generation)
        case .text(let text):
            conversation.respond(to: text, mode: isSpoken ? .textToSpeech : .textToText, generation: generation)
        }
    }

    // MARK: Events

    private func takeEvents() async {
        do {
            for try await event in conversation {
                take(event)
                if case .reply = event { await queue.waitForRoom() }
            }
        } catch {
            logger.error("a conversation failed", metadata: ["error": "\(error)"])
            send(.error(APIError(error), cause: nil))
            queue.put(.close(1011, "the conversation failed"))
        }
    }

    private func take(_ event: ConversationEvent) {
        let known = machine.response?.place
        perform(machine.handle(event))
        measure(event)
        guard case .turnEnded = event, replies.isDraining, machine.response != nil, machine.response?.place != known
        else {
            return
        }
        conversation.interrupt()
        perform(machine.failResponse(.draining))
    }

    /// Counts and traces what replies took.
    private func measure(_ event: ConversationEvent) {
        switch event {
        case .reply(let reply, .started(let start)): unfinished[reply] = UnfinishedReply(start.mode)
        case .reply(let reply, .finished): unfinished.removeValue(forKey: reply)?.end()
        case .replyFailed(let reply, let error): unfinished.removeValue(forKey: reply)?.end(error)
        default: break
        }
        switch event {
        case .reply(_, .finished(let metrics)), .transcriptionMeasured(_, let metrics):
            ReplyStatistics.record(metrics)
            ReplyTrace(ending: metrics).record(metrics)
        case .turnEnded(let turn) where turn.lead != nil: ReplyStatistics.countPrepared("used")
        case .preparationDropped: ReplyStatistics.countPrepared("dropped")
        case .replyFailed(_, let error) where APIError(error).status == 500:
            logger.error("a reply failed", metadata: ["error": "\(error)"])
        default: break
        }
    }
}

extension Modality {
    /// The mode that answers speech.
    var modeForSpeech: ReplyMode { self == .audio ? .speechToSpeechBatch : .speechToText }
}

extension SessionSettings {
    /// How the conversation is led by these settings.
    fileprivate func conversationOptions(at replies: ReplyService, in lane: WorkLane) -> ConversationOptions {
        var options = ConversationOptions()
        options.turns = turns?.turnSettings(hasTurnModel: replies.omni.turnEnd != nil)
        options.respondsToTurns = kind == .realtime && turns?.createsResponse == true
        options.mayPrepare = { replies.hasRoomToPrepare }
        options.mode = modality.modeForSpeech
        options.generation.maximumStepCount = maximumStepCount
        options.runAhead = ReplyService.bufferedAudio
        options.transcribes = transcribesInput
        options.transcription.language = language?.code
        options.transcription.prompt = prompt.isEmpty ? nil : prompt
        // Where nothing is answered, the processor has time for it.
        options.transcribesWhileSpoken = kind == .transcription
        options.playback = .immediate
        options.executor = lane.taskExecutor
        return options
    }
}
