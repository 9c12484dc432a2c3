import NIOHTTP1

/// The version of the Realtime API that a client speaks. Events mean the same in both; the beta version has other names
/// for some, and a session without the `audio` object.
enum RealtimeVersion: Hashable, Sendable {
    case current
    /// Asked for by `OpenAI-Beta: realtime=v1`, or in a browser by the subprotocol `openai-beta.realtime-v1`.
    case beta

    init(_ head: HTTPRequestHead) {
        let names = head.headers[canonicalForm: "openai-beta"]
        let protocols = head.headers[canonicalForm: "sec-websocket-protocol"]
        self = names.contains("realtime=v1") || protocols.contains("openai-beta.realtime-v1") ? .beta : .current
    }

    /// An event as this version has it; `nil` when it has no such event.
    func event(_ event: JSON) -> JSON? {
        guard self == .beta, case .object(var members) = event, let type = event["type"]?.string else { return event }
        guard type != "conversation.item.done" else { return nil }
        members["type"] = .string(Self.betaName(of: type))
        members["session"] = event["session"].map(Self.betaSession)
        members["response"] = event["response"].map(Self.betaResponse)
        members["item"] = event["item"].map(Self.betaItem)
        if event["session"]?["type"] == "transcription" { members["type"] = .string("transcription_" + type) }
        return .object(members)
    }

    private static func betaName(of type: String) -> String {
        switch type {
        case "conversation.item.added": "conversation.item.created"
        case _ where type.hasPrefix("response.output_text."): "response.text." + type.dropFirst(21)
        case _ where type.hasPrefix("response.output_audio."): "response.audio." + type.dropFirst(22)
        case _ where type.hasPrefix("response.output_audio_transcript."):
            "response.audio_transcript." + type.dropFirst(33)
        default: type
        }
    }

    private static func betaSession(_ session: JSON) -> JSON {
        guard case .object(var members) = session else { return session }
        let (input, output) = (session["audio"]?["input"], session["audio"]?["output"])
        members["audio"] = nil
        members["type"] = nil
        members["input_audio_format"] = input?["format"].map(betaFormat)
        members["input_audio_transcription"] = input?["transcription"] ?? .null
        members["input_audio_noise_reduction"] = input?["noise_reduction"] ?? .null
        members["turn_detection"] = input?["turn_detection"] ?? .null
        guard let output else { return .object(members) }
        members["output_audio_format"] = output["format"].map(betaFormat)
        members["voice"] = output["voice"]
        members["speed"] = output["speed"]
        members["max_response_output_tokens"] = members.removeValue(forKey: "max_output_tokens")
        members["modalities"] = members.removeValue(forKey: "output_modalities").map(betaModalities)
        return .object(members)
    }

    private static func betaResponse(_ response: JSON) -> JSON {
        guard case .object(var members) = response else { return response }
        let output = response["audio"]?["output"]
        members["audio"] = nil
        members["voice"] = output?["voice"]
        members["output_audio_format"] = output?["format"].map(betaFormat)
        members["output"] = response["output"]?.array.map { .array($0.map(betaItem)) }
        members["modalities"] = members.removeValue(forKey: "output_modalities").map(betaModalities)
        return .object(members)
    }

    private static func betaItem(_ item: JSON) -> JSON {
        guard case .object(var members) = item, let content = item["content"]?.array else { return item }
        members["content"] = .array(
            content.map { part in
                guard case .object(var members) = part else { return part }
                if part["type"] == "output_text" { members["type"] = "text" }
                if part["type"] == "output_audio" { members["type"] = "audio" }
                return .object(members)
            })
        return .object(members)
    }

    /// Speech comes with its text.
    private static func betaModalities(_ names: JSON) -> JSON { names == ["audio"] ? ["text", "audio"] : names }

    private static func betaFormat(_ format: JSON) -> JSON {
        switch format["type"] {
        case "audio/pcmu"?: "g711_ulaw"
        case "audio/pcma"?: "g711_alaw"
        default: "pcm16"
        }
    }
}
