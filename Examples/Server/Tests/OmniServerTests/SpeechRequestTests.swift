import Testing

@testable import OmniServer

/// What a client may ask to hear.
@Suite struct SpeechRequestTests {
    @Test(
        arguments: [
            [:], ["voice": "alloy", "model": "gpt-4o-mini-tts", "instructions": "Speak softly.", "speed": 1.0],
            ["voice": ["id": "voice_1"], "stream_format": "audio", "response_format": "wav"],
            ["voice": nil, "model": nil, "instructions": nil, "speed": nil, "stream_format": nil],
            ["user": "someone"],
        ] as [JSON])
    func whatMayBeAsked(json: JSON) throws {
        guard case .object(var members) = json else { return }
        members["input"] = " Who are you?\n"
        let request = try SpeechRequest(.object(members))
        #expect(request.input == " Who are you?\n" && request.format == .wav)
        members["response_format"] = "pcm"
        #expect(try SpeechRequest(.object(members)).format == .pcm)
    }

    @Test(
        arguments: [
            ("input", nil, "missing_required_parameter"), ("input", 5, "invalid_value"), ("input", "", "invalid_value"),
            ("input", " \t\n\u{A0}", "invalid_value"), ("voice", 5, "invalid_value"), ("voice", [:], "invalid_value"),
            ("model", 5, "invalid_value"), ("instructions", [1], "invalid_value"),
            ("stream_format", "zzz", "invalid_value"), ("stream_format", 1, "invalid_value"),
            ("stream_format", "sse", "unsupported_value"), ("response_format", "mp3", "unsupported_value"),
            ("response_format", 1, "invalid_value"), ("speed", 2, "unsupported_value"), ("speed", "1", "invalid_value"),
        ] as [(String, JSON, String)])
    func whatMayNotBeAsked(name: String, value: JSON, code: String) {
        var members: [String: JSON] = ["input": "Who are you?"]
        members[name] = value
        #expect { try SpeechRequest(.object(members)) } throws: { error in
            let error = error as? APIError
            return error?.status == 400 && error?.code == code && error?.parameter == name
        }
    }
}
