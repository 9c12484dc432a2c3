import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniGPT

/// Sequences in one pass, forks and pasts: each computes what it would compute alone.
@Suite struct IndependentSequenceTests {
    private static let tolerance: Float = 1e-5

    /// Positions of random tokens.
    static func positions(_ count: Int, seed: UInt64, _ layout: VocabularyLayout) -> [PositionTokens] {
        var noise = Noise(seed: seed)
        return (0..<count).map { _ in
            PositionTokens(
                (0..<7).map { _ in Int32.random(in: 0..<Int32(layout.audioCount), using: &noise) }
                    + [Int32.random(in: 0..<Int32(layout.textCount), using: &noise)])
        }
    }

    private func segment(_ cache: KVCache, _ positions: some Collection<PositionTokens>) -> DecoderSegment {
        DecoderSegment(cache, Array(positions), wantsText: true, wantsAudio: true)
    }

    private func differ(_ a: LogitReader, _ b: LogitReader) -> Float {
        max(Tolerance.relativeDifference(a.text, b.text), Tolerance.relativeDifference(a.audio, b.audio))
    }

    /// A prefill and steps of three conversations at different places, in one pass and one by one.
    @Test(arguments: Engine.allCases)
    func severalInOnePass(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let layout = model.configuration.vocabulary
        let workspace = model.makeWorkspace()
        let lengths = [3, 11, 1]
        let texts = lengths.enumerated().map { Self.positions($1 + 6, seed: UInt64($0), layout) }
        let together = lengths.map { _ in model.makeCache() }
        let alone = lengths.map { _ in model.makeCache() }
        for step in 0..<6 {
            let parts = lengths.indices.map { row in
                step == 0 ? texts[row][..<lengths[row]] : texts[row][(lengths[row] + step - 1)...].prefix(1)
            }
            let all = LogitReader(model, zip(together, parts).map { segment($0, $1) }, workspace)
            for row in lengths.indices {
                let one = LogitReader(model, [segment(alone[row], parts[row])])
                let textRow = all.text.rows(row..<row + 1)
                #expect(Tolerance.relativeDifference(textRow, one.text) < Self.tolerance)
                for stream in 0..<7 {
                    let found = all.audio.rows(stream..<stream + 1).reshaped(to: [3, layout.audioCount])
                    #expect(
                        Tolerance.relativeDifference(
                            found.rows(row..<row + 1), one.audio.rows(stream..<stream + 1)) < Self.tolerance)
                }
            }
            #expect(together.map(\.position) == alone.map(\.position))
        }
    }

    /// Any chopping of a sequence into passes gives the same logits at its end.
    @Test(arguments: Engine.allCases)
    func anyChopping(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let positions = Self.positions(24, seed: 9, model.configuration.vocabulary)
        let whole = LogitReader(model, [segment(model.makeCache(), positions)])
        for size in [1, 2, 5, 23] {
            let cache = model.makeCache()
            var last: LogitReader?
            for start in stride(from: 0, to: positions.count, by: size) {
                last = LogitReader(model, [segment(cache, positions[start...].prefix(size))])
            }
            #expect(differ(try #require(last), whole) < Self.tolerance)
            #expect(cache.position == positions.count)
        }
    }

    /// A fork goes on as its original does, and neither hears the other.
    @Test(arguments: Engine.allCases)
    func forksArePrivate(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let layout = model.configuration.vocabulary
        let past = Self.positions(300, seed: 1, layout)
        let future = Self.positions(5, seed: 2, layout)
        let other = Self.positions(5, seed: 3, layout)
        let cache = model.makeCache()
        _ = LogitReader(model, [segment(cache, past)])
        let fork = cache.fork()
        #expect(fork.position == past.count)
        _ = LogitReader(model, [segment(cache, other)])
        let forked = LogitReader(model, [segment(fork, future)])
        let fresh = LogitReader(model, [segment(model.makeCache(), past + future)])
        #expect(differ(forked, fresh) < Self.tolerance)
        let original = LogitReader(model, [segment(cache, future)])
        let originalFresh = LogitReader(model, [segment(model.makeCache(), past + other + future)])
        #expect(differ(original, originalFresh) < Self.tolerance)
    }

    @Test(arguments: Engine.allCases)
    func aRewoundPastIsForgotten(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let layout = model.configuration.vocabulary
        let (past, wrong) = (Self.positions(7, seed: 4, layout), Self.positions(9, seed: 5, layout))
        let future = Self.positions(4, seed: 6, layout)
        let cache = model.makeCache()
        _ = LogitReader(model, [segment(cache, past)])
        _ = LogitReader(model, [segment(cache, wrong)])
        cache.rewind(to: past.count)
        let fork = cache.fork()
        fork.rewind(to: 0)
        #expect(cache.position == past.count && fork.position == 0)
        let rewound = LogitReader(model, [segment(cache, future)])
        let fresh = LogitReader(model, [segment(model.makeCache(), past + future)])
        #expect(differ(rewound, fresh) < Self.tolerance)
        let again = LogitReader(model, [segment(fork, past + future)])
        #expect(differ(again, fresh) < Self.tolerance)
    }

    /// A pass that wants no logits, or some, leaves the same past as one that wants all.
    @Test(arguments: Engine.allCases)
    func unwantedLogitsChangeNothing(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let positions = Self.positions(6, seed: 7, model.configuration.vocabulary)
        let expected = LogitReader(model, [segment(model.makeCache(), positions)])
        for (wantsText, wantsAudio) in [(false, false), (true, false), (false, true)] {
            let cache = model.makeCache()
            let workspace = model.makeWorkspace()
            model.forward(
                [DecoderSegment(cache, Array(positions.dropLast()), wantsText: wantsText, wantsAudio: wantsAudio)],
                workspace)
            let found = LogitReader(model, [segment(cache, positions.suffix(1))], workspace)
            #expect(differ(found, expected) < Self.tolerance)
        }
    }
}
