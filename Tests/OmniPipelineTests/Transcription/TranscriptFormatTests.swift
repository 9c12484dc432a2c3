import Foundation
import OmniCore
import OmniPipeline
import Testing

/// The forms of a transcript, as openai-whisper writes them.
@Suite struct TranscriptFormatTests {
    private var transcript: Transcript {
        var first = TranscriptSegment(start: 0, end: 2.5, text: " Hello,\tworld --> here.")
        first.temperature = 0.2
        first.tokens = [TokenID(50_364), TokenID(7)]
        let second = TranscriptSegment(start: 3661.0305, end: 3662, text: " Bye.")
        return Transcript(text: " Hello, world. Bye.", language: "en", duration: 3662, segments: [first, second])
    }

    private var withWords: Transcript {
        var transcript = transcript
        transcript.segments[0].words = [
            TranscriptWord(text: " Hello,", start: 0.1, end: 0.5, probability: 0.9),
            TranscriptWord(text: " world", start: 0.5, end: 1, probability: 0.5),
        ]
        return transcript
    }

    @Test func text() throws {
        #expect(try TranscriptFormat.text.render(transcript) == "Hello,\tworld --> here.\nBye.\n")
    }

    @Test func subRip() throws {
        let expected = """
            1
            00:00:00,000 --> 00:00:02,500
            Hello,\tworld -> here.

            2
            01:01:01,030 --> 01:01:02,000
            Bye.


            """
        #expect(try TranscriptFormat.subRip.render(transcript) == expected)
    }

    @Test func webVTTLeavesHoursOutWhileThereAreNone() throws {
        let expected = """
            WEBVTT

            00:00.000 --> 00:02.500
            Hello,\tworld -> here.

            01:01:01.030 --> 01:01:02.000
            Bye.


            """
        #expect(try TranscriptFormat.webVTT.render(transcript) == expected)
    }

    /// A segment without words is left out then.
    @Test func subtitlesLastAsLongAsTheirWords() throws {
        let expected = "WEBVTT\n\n00:00.100 --> 00:01.000\nHello, world\n\n"
        #expect(try TranscriptFormat.webVTT.render(withWords) == expected)
    }

    @Test func table() throws {
        let expected = "start\tend\ttext\n0\t2500\tHello, world --> here.\n3661030\t3662000\tBye.\n"
        #expect(try TranscriptFormat.table.render(transcript) == expected)
    }

    @Test func jsonHasTheNamesOfTheReference() throws {
        let text = try TranscriptFormat.json.render(withWords)
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let segments = try #require(object?["segments"] as? [[String: Any]])
        #expect(object?["language"] as? String == "en")
        #expect(
            Set(segments[0].keys) == [
                "id", "seek", "start", "end", "text", "tokens", "temperature", "avg_logprob", "compression_ratio",
                "no_speech_prob", "words",
            ])
        #expect(segments[0]["temperature"] as? Double == 0.2)
        #expect(segments[0]["tokens"] as? [Int] == [50_364, 7])
        #expect((segments[0]["words"] as? [[String: Any]])?.first?["word"] as? String == " Hello,")
        #expect(try !TranscriptFormat.json.render(transcript).contains("words"))
    }
}
