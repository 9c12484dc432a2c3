import Testing

@testable import OmniPipeline

@Suite struct SpokenScriptTests {
    @Test(arguments: [
        (0, ""), (1, "My "), (100, "My "), (101, "My name "), (299, "My name is "), (301, "My name is Omni."),
        (9000, "My name is Omni."),
    ])
    func textIsHeardOnceItsAudioHasBegun(milliseconds: Int, expected: String) {
        var script = SpokenScript()
        for (index, text) in ["My ", "name ", "is ", "Omni."].enumerated() {
            script.append(text, at: .milliseconds(100) * index)
        }
        #expect(script.text(heard: .milliseconds(milliseconds)) == expected)
    }
}
