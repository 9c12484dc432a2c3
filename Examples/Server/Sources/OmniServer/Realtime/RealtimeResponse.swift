import OmniCore
import OmniPipeline

/// A response while it is made.
struct RealtimeResponse: Sendable {
    let place: ResponsePlace
    let modality: Modality
    let entersConversation: Bool
    let format: AudioFormat
    /// Steps at most.
    let stepLimit: Int?
    let metadata: [String: String]
    /// The reply of the conversation; `nil` before it has begun.
    var reply: ReplyID?
    /// Whether the conversation has stopped the reply already.
    var isInterrupted = false
    /// Where in the client's audio the reply begins to be heard, in milliseconds.
    var audioStart: Int?
    /// From the codec's rate to the client's, once it is known.
    var resampler: Resampler?
    var text = ""
    /// Samples sent so far, at the format's rate.
    var sampleCount = 0
    /// Where the client truncated the reply, in milliseconds of its audio.
    var truncation: Int?
    /// Positions of the prompt, once it is known.
    var promptLength = 0
    /// Pieces of text that came so far, and samples at the codec's rate.
    var pieceCount = 0
    var codecSampleCount = 0
    /// Samples of audio that a step makes, at the codec's rate.
    let samplesPerStep: Int
    var previousItem: String?

    var milliseconds: Int { sampleCount * 1000 / format.sampleRate }

    var isSpoken: Bool { modality == .audio }

    func item(_ status: ConversationItem.Status) -> ConversationItem {
        ConversationItem(
            id: place.item, role: .assistant,
            content: [content], status: status)
    }

    private var content: ConversationItem.Part {
        guard isSpoken else { return .text(text) }
        if let truncation { return .reply(text: nil, audioMilliseconds: truncation) }
        return .reply(text: text, audioMilliseconds: milliseconds)
    }

    /// The response object.
    ///
    /// - Parameters:
    ///   - status: `in_progress`, `completed`, `cancelled`, `incomplete` or `failed`.
    ///   - details: why, for the last three.
    ///   - conversation: the conversation that the reply enters, if it enters one.
    func json(
        status: String, details: JSON = .null, conversation: String, metrics: ReplyMetrics? = nil
    ) -> JSON {
        let hasBegun = status == "in_progress"
        return [
            "object": "realtime.response", "id": .string(place.response), "status": .string(status),
            "status_details": details,
            "output": hasBegun ? [] : [item(status == "completed" ? .completed : .incomplete).json],
            "output_modalities": [.string(modality.rawValue)],
            "conversation_id": entersConversation ? .string(conversation) : .null,
            "metadata": metadata.isEmpty ? .null : .object(metadata.mapValues { .string($0) }),
            "max_output_tokens": .stepLimit(stepLimit),
            "audio": ["output": ["format": format.json, "voice": "omni"]],
            "usage": hasBegun ? .null : usage(metrics),
        ]
    }

    /// - Parameter metrics: `nil` for a reply that was stopped: then what came of it counts. Each step makes a frame of
    ///   audio and at most one piece of text.
    private func usage(_ metrics: ReplyMetrics?) -> JSON {
        let stepCount = max(pieceCount, (codecSampleCount + samplesPerStep - 1) / samplesPerStep)
        let (input, output) = (metrics?.promptLength ?? promptLength, metrics?.stepCount ?? stepCount)
        return [
            "input_tokens": .integer(input), "output_tokens": .integer(output),
            "total_tokens": .integer(input + output),
        ]
    }
}

extension RealtimeMachine {
    mutating func respond(_ request: ResponseRequest) throws(APIError) -> [RealtimeAction] {
        guard settings.kind == .realtime else {
            throw .invalid("a transcription session has no responses", code: "invalid_state")
        }
        guard response == nil else {
            throw .invalid(
                "there is a response under way; cancel it first", code: "conversation_already_has_active_response")
        }
        return answer(try question(of: request), request)
    }

    /// Asks the conversation for a reply.
    mutating func answer(
        _ question: RealtimeAction.Question, _ request: ResponseRequest
    ) -> [RealtimeAction] {
        let actions = beginResponse(request)
        guard let response else { return actions }
        awaitedResponses.append(response.place.response)
        return actions + [.respond(question, response.modality, maximumStepCount: response.stepLimit)]
    }

    /// Makes a response known.
    ///
    /// - Parameter reply: the reply of the conversation, when it has begun.
    mutating func beginResponse(_ request: ResponseRequest, reply: ReplyID? = nil) -> [RealtimeAction] {
        let place = ResponsePlace(response: makeName("resp"), item: makeName("item"))
        let modality = request.modality ?? settings.modality
        let stepLimit =
            switch request.stepLimit {
            case .session: settings.maximumStepCount
            case .count(let count): count
            }
        let response = RealtimeResponse(
            place: place, modality: modality, entersConversation: request.entersConversation,
            format: request.format ?? settings.outputFormat, stepLimit: stepLimit, metadata: request.metadata,
            reply: reply, samplesPerStep: samplesPerStep,
            previousItem: request.entersConversation ? items.lastID : nil)
        idleTimeout.stop()
        let item = response.item(.inProgress)
        self.response = response
        var actions: [RealtimeAction] = [
            .send(.responseCreated(response.json(status: "in_progress", conversation: conversation))),
            .send(.response("output_item.added", place, ["item": item.json])),
        ]
        if response.entersConversation {
            actions += addReply(item)
            actions.append(.send(.itemAdded(item.json, after: response.previousItem)))
        }
        return actions + [.send(.response("content_part.added", place, ["part": item.responsePart]))]
    }

    mutating func cancel(_ id: String?) throws(APIError) -> [RealtimeAction] {
        guard let response, id == nil || id == response.place.response else {
            // Clients know this error by how its message begins.
            throw .invalid(
                "Cancellation failed: there is no such response under way", code: "response_cancel_not_active")
        }
        return stopResponse(reason: "client_cancelled")
    }

    /// Stops the response under way, if there is one; what its reply still brings is ignored.
    mutating func stopResponse(reason: String) -> [RealtimeAction] {
        guard let response else { return [] }
        return (response.isInterrupted ? [] : [.interrupt])
            + end(status: "cancelled", details: ["type": "cancelled", "reason": .string(reason)], metrics: nil)
    }

    /// Takes an event of a reply.
    mutating func take(_ event: OmniEvent, of reply: ReplyID) -> [RealtimeAction] {
        guard response?.reply == reply else { return [] }
        switch event {
        case .started(let start):
            response?.promptLength = start.promptLength
            return []
        case .text(let delta): return add(delta)
        case .audio(let chunk): return add(chunk)
        case .finished(let metrics):
            let incomplete = metrics.ending == .reachedLimit
            return addRest()
                + end(
                    status: incomplete ? "incomplete" : "completed",
                    details: incomplete ? ["type": "incomplete", "reason": "max_output_tokens"] : .null,
                    metrics: metrics)
        case .warning(let warning):
            // The only warning of a session is a question that is too long. The response goes on.
            return [.send(.error(.invalid(warning.description, code: "audio_too_long"), cause: nil))]
        @unknown default: return []
        }
    }

    /// The response under way could not be made, or not to its end.
    mutating func failResponse(_ error: APIError) -> [RealtimeAction] {
        guard let failed = response?.place.response else { return [] }
        awaitedResponses.removeAll { $0 == failed }
        return [.send(.error(error, cause: nil))]
            + end(status: "failed", details: ["type": "failed", "error": error.json], metrics: nil)
    }

    private mutating func add(_ delta: String) -> [RealtimeAction] {
        guard var response else { return [] }
        response.text += delta
        response.pieceCount += 1
        self.response = response
        updateItem(.inProgress)
        let kind = response.isSpoken ? "output_audio_transcript.delta" : "output_text.delta"
        return [.send(.response(kind, response.place, ["delta": .string(delta)]))]
    }

    private mutating func add(_ chunk: AudioChunk) -> [RealtimeAction] {
        guard var response, response.isSpoken else { return [] }
        do {
            if response.resampler == nil {
                response.resampler = try Resampler(from: chunk.sampleRate, to: response.format.sampleRate)
            }
            response.codecSampleCount += chunk.samples.count
            let samples = try response.resampler?.push(chunk.samples) ?? []
            return send(samples, &response)
        } catch {
            // A codec's rate can be resampled, and its audio is finite: checked when the model was loaded.
            return [.interrupt] + failResponse(APIError(error))
        }
    }

    private mutating func addRest() -> [RealtimeAction] {
        guard var response else { return [] }
        let samples = response.resampler?.finish() ?? []
        return send(samples, &response)
    }

    private mutating func send(_ samples: [Float], _ response: inout RealtimeResponse) -> [RealtimeAction] {
        if !samples.isEmpty, response.audioStart == nil { response.audioStart = heardMilliseconds }
        response.sampleCount += samples.count
        self.response = response
        updateItem(.inProgress)
        guard !samples.isEmpty else { return [] }
        let base64 = response.format.encode(samples).base64
        return [.send(.response("output_audio.delta", response.place, ["delta": .string(base64)]))]
    }

    private mutating func updateItem(_ status: ConversationItem.Status) {
        guard let response, response.entersConversation else { return }
        let item = response.item(status)
        changeItem(item.id) { $0 = item }
    }

    private mutating func end(status: String, details: JSON, metrics: ReplyMetrics?) -> [RealtimeAction] {
        guard let response else { return [] }
        let itemStatus: ConversationItem.Status = status == "completed" ? .completed : .incomplete
        updateItem(itemStatus)
        self.response = nil
        let (place, item) = (response.place, response.item(itemStatus))
        var events: [ServerEvent] = []
        if response.isSpoken {
            events.append(.response("output_audio.done", place))
            events.append(
                .response("output_audio_transcript.done", place, ["transcript": .string(response.text)]))
        } else {
            events.append(.response("output_text.done", place, ["text": .string(response.text)]))
        }
        events.append(.response("content_part.done", place, ["part": item.responsePart]))
        events.append(.response("output_item.done", place, ["item": item.json]))
        if response.entersConversation { events.append(.itemDone(item.json, after: response.previousItem)) }
        events.append(
            .responseDone(
                response.json(status: status, details: details, conversation: conversation, metrics: metrics)))
        waitForClient(after: response, isStopped: status == "cancelled")
        return events.map { .send($0) }
    }

    /// Counts the client's silence from here on, or from where the reply is played to its end.
    private mutating func waitForClient(after response: RealtimeResponse, isStopped: Bool) {
        let played = isStopped ? 0 : (response.audioStart ?? 0) + response.milliseconds
        idleTimeout.begin(at: max(heardMilliseconds, played))
    }

    private var conversation: String { "conv_" + id }
}
