import OmniCore
import OmniTesting
import Testing

@testable import OmniGPT

/// Frames out of staggered streams.
@Suite struct DelayPatternTests {
    /// A vocabulary whose special tokens come after every number in the reference's tests.
    private func special() throws -> SpecialTokens {
        try SpecialTokens(VocabularyLayout(textCount: 152_000, audioCount: 5_000))
    }

    private func frames(_ lists: [[Int32]]) throws -> [CodeFrame] {
        var pattern = DelayPattern(try special())
        return (lists.first ?? []).indices.compactMap { step in
            pattern.push(PositionTokens(lists.prefix(7).map { $0[step] } + [0]))
        }
    }

    private func flat(_ frames: some Sequence<CodeFrame>) -> [HelperGoldens.Entry] {
        frames.flatMap { frame in [.mark] + frame.codes.map { .code($0) } }
    }

    @Test func wholeStreams() throws {
        let cases = try HelperGoldens.load().reconscruct_snac_then_reconstruct_tensors
        #expect(cases.count == 16)
        for golden in cases {
            let frames = try frames(golden.lists)
            #expect(frames.count == max(golden.n - 7, 0))
            #expect(flat(frames) == golden.flat)
        }
    }

    /// The reference cuts the frames of the last steps out of its lists; they are the last ones that came whole.
    @Test func windowsOfAStream() throws {
        let cases = try HelperGoldens.load().get_snac
        #expect(cases.count == 6)
        for golden in cases {
            let first = golden.index - golden.nums_generate - 6
            let window = try frames(golden.lists).dropFirst(first).prefix(golden.nums_generate)
            #expect(window.count == golden.nums_generate)
            #expect(flat(window) == golden.out)
        }
    }

    /// Stream `i` chooses at step `f + i + 1` what frame `f` plays.
    @Test func theRule() throws {
        let lists = (0..<7).map { stream in (0..<30).map { Int32($0 * 10 + stream) } }
        for (index, frame) in try frames(lists).enumerated() {
            #expect(frame.codes == (0..<7).map { Int32((index + $0 + 1) * 10 + $0) })
        }
    }

    @Test func specialTokensAreNoCodes() throws {
        let special = try SpecialTokens(VocabularyLayout(textCount: 512, audioCount: 128))
        var noise = Noise(seed: 8)
        var pattern = DelayPattern(special)
        for step in 0..<400 {
            let tokens = (0..<7).map { _ in Int32.random(in: 0..<128, using: &noise) }
            guard let frame = pattern.push(PositionTokens(tokens + [0])) else {
                #expect(step < 7)
                continue
            }
            #expect(frame.codes.allSatisfy { (0..<special.audioBase).contains($0) })
        }
    }
}
