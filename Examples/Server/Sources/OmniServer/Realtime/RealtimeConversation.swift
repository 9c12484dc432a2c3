import Foundation
import Logging
import OmniCore
import OmniPipeline

/// The shell around a ``RealtimeMachine``: performs what it wants done, and tells it what comes of it.
///
/// Reading events, finding turns and resampling is computing, which has no place on the threads that all tasks share: a
/// conversation lives in a lane of the threads that are there for that.
actor RealtimeConversation {
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe lane.asUnownedSerialExecutor() }
    private let lane: WorkLane
    private let version: RealtimeVersion
    private var machine: RealtimeMachine
    private var listener: (any TurnListening)?
    private var limit: EventLimit
    private var prepared: PreparedAnswer?
    private var replies: [String: Task<Void, Never>] = [:]
    private var transcriptions: [String: Task<Void, Never>] = [:]
    private let desk: AnswerDesk
    private let queue: OutboundQueue
    private let logger: Logger
    private var eventCount = 0

    /// Transcriptions of one conversation at once.
    private static let maximumTranscriptionCount = 4

    init(
        id: String, start: RealtimeStart, desk: AnswerDesk, queue: OutboundQueue, logger: Logger, lane: WorkLane,
        account: ClientAccount
    ) {
        version = start.version
        machine = RealtimeMachine(
            id: id, model: desk.modelName, kind: start.kind, findsTurns: desk.omni.voiceActivity != nil)
        self.desk = desk
        self.queue = queue
        self.logger = logger
        self.lane = lane
        limit = EventLimit(account)
    }

    func begin() { perform(machine.begin()) }

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
                    guard case .listen(let chunk) = action else {
                        perform([action])
                        continue
                    }
                    guard await listen(to: chunk) else { return false }
                }
            } catch {
                send(.error(error, cause: nil))
            }
        }
        return true
    }

    /// Nobody listens any more.
    func end() {
        dropPrepared()
        for task in replies.values { task.cancel() }
        for task in transcriptions.values { task.cancel() }
        replies = [:]
        transcriptions = [:]
    }

    /// Whether an answer is under way.
    var isAnswering: Bool { machine.response != nil }

    // MARK: Actions

    private func perform(_ actions: [RealtimeAction]) {
        for action in actions {
            switch action {
            case .send(let event): send(event)
            case .listen(let chunk): hear(chunk)
            case .setTurns(let settings): setTurns(settings)
            case .answer(let question, let response, let modality, let limit):
                answer(question, response, modality, limit)
            case .stopAnswer(let response): replies.removeValue(forKey: response)?.cancel()
            case .endTurn: hear(listener?.replyFinished() ?? [])
            case .transcribe(let sound, let item): transcribe(sound, item)
            }
        }
    }

    private func send(_ event: ServerEvent) {
        eventCount += 1
        guard let json = version.event(event.json(id: "event_\(machine.id)_\(eventCount)")) else { return }
        queue.put(.text(json.text))
    }

    // MARK: Listening

    private func setTurns(_ settings: TurnSettings?) {
        dropPrepared()
        listener = settings.flatMap { desk.omni.voiceActivity?.makeListener($0) }
    }

    /// Listens to what was appended, a little at a time: others that use the same threads get their turns between.
    ///
    /// - Returns: whether the conversation goes on.
    private func listen(to chunk: AudioChunk) async -> Bool {
        guard limit.allows(sound: chunk.duration, at: .now) else {
            send(.error(.tooMany("seconds of sound", retryAfter: .seconds(1)), cause: nil))
            queue.put(.close(1008, "too much sound"))
            return false
        }
        let step = max(chunk.sampleRate / 4, 1)
        for start in stride(from: 0, to: chunk.samples.count, by: step) {
            if start > 0 { await Task.yield() }
            if Task.isCancelled { return false }
            let piece = chunk.samples[start..<min(start + step, chunk.samples.count)]
            hear(AudioChunk(Array(piece), sampleRate: chunk.sampleRate))
        }
        return true
    }

    private func hear(_ piece: AudioChunk) {
        do {
            hear(try listener?.push(piece) ?? [])
        } catch {
            // Decoded integers are finite, and the formats' rates can be resampled.
            send(.error(APIError(error), cause: nil))
        }
    }

    private func hear(_ events: [TurnEvent]) {
        for event in events {
            switch event {
            case .began(let milliseconds): perform(machine.turnBegan(milliseconds: milliseconds))
            case .mayEnd(let sound): prepare(.speech(sound))
            case .wentOn: dropPrepared()
            case .dropped(let milliseconds): perform(machine.turnDropped(milliseconds: milliseconds))
            case .ended(let sound, let milliseconds):
                perform(machine.turnEnded(sound, milliseconds: milliseconds))
                // It was for this turn or none.
                dropPrepared()
            }
        }
    }

    private func prepare(_ question: RealtimeAction.Question) {
        guard machine.answersTurns, desk.hasRoomToPrepare else { return }
        let mode = Self.mode(question, machine.settings.modality)
        prepared = PreparedAnswer(question, mode: mode, options: Self.options(limit: nil), at: desk)
    }

    private func dropPrepared() {
        prepared?.drop()
        prepared = nil
    }

    // MARK: Answering

    private func answer(
        _ question: RealtimeAction.Question, _ response: String, _ modality: Modality, _ limit: Int?
    ) {
        let (mode, options) = (Self.mode(question, modality), Self.options(limit: limit))
        let prepared = limit == nil ? takePrepared(question, mode) : nil
        replies[response] = Task { [desk, queue] in
            do {
                let answer =
                    if let answer = await prepared?.take() { answer } else {
                        try await desk.begin(question, mode: mode, options: options)
                    }
                for try await event in answer.events {
                    self.hear(event, of: response)
                    await queue.waitForRoom()
                }
            } catch {
                self.fail(error, response)
            }
        }
    }

    private func takePrepared(_ question: RealtimeAction.Question, _ mode: ReplyMode) -> PreparedAnswer? {
        guard let prepared, prepared.mode == mode, prepared.question == question else { return nil }
        self.prepared = nil
        return prepared
    }

    private static func mode(_ question: RealtimeAction.Question, _ modality: Modality) -> ReplyMode {
        switch (question, modality) {
        case (.speech, .audio): .speechToSpeechBatch
        case (.speech, .text): .speechToText
        case (.text, .audio): .textToSpeech
        case (.text, .text): .textToText
        }
    }

    private static func options(limit: Int?) -> ReplyOptions {
        var options = ReplyOptions(maximumBufferedAudio: AnswerDesk.bufferedAudio)
        options.generation.maximumStepCount = limit
        return options
    }

    private func hear(_ event: OmniEvent, of response: String) {
        guard replies[response] != nil else { return }
        if case .finished = event { replies[response] = nil }
        perform(machine.hearReply(event, response: response))
    }

    private func fail(_ error: any Error, _ response: String) {
        guard replies.removeValue(forKey: response) != nil, !(error is CancellationError) else { return }
        let known = APIError(error)
        if known.status == 500 { logger.error("an answer failed", metadata: ["error": "\(error)"]) }
        perform(machine.replyFailed(known, response: response))
    }

    // MARK: Writing down

    private func transcribe(_ sound: AudioChunk, _ item: String) {
        guard transcriptions.count < Self.maximumTranscriptionCount else {
            return send(
                .transcriptionFailed(.tooMany("transcriptions at once", retryAfter: .seconds(1)), item: item))
        }
        transcriptions[item] = Task { [desk] in
            do {
                let answer = try await desk.begin(.speech(sound), mode: .transcription, options: ReplyOptions())
                var text = ""
                for try await event in answer.events {
                    guard case .text(let delta, _) = event else { continue }
                    text += delta
                    self.send(.transcriptionDelta(delta, item: item))
                }
                self.finishTranscription(text, item, sound.duration)
            } catch {
                self.failTranscription(APIError(error), item)
            }
        }
    }

    private func finishTranscription(_ text: String, _ item: String, _ duration: Duration) {
        transcriptions[item] = nil
        perform(machine.transcribed(text, item: item, duration: duration))
    }

    private func failTranscription(_ error: APIError, _ item: String) {
        transcriptions[item] = nil
        send(.transcriptionFailed(error, item: item))
    }
}
