import ArgumentParser
import CommandSupport
import Foundation
import OmniGPT
import OmniPipeline
import OmniSNAC
import OmniTensor
import OmniWhisper

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is in a model's directory.",
        discussion: """
            Reads the descriptions in the files, not the weights. Says as well which precisions this machine takes \
            without --precision, and why; --json has the files alone.
            """)

    @OptionGroup var model: ModelOption

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
        let directory = try model.location.directory
        let parts = try [
            PartReport.languageModel(directory), .encoder(directory), .codec(directory), .tokenizer(directory),
        ]
        if json {
            try StandardOutput.write(json: parts)
        } else {
            for part in parts { try StandardOutput.write(part.paragraph) }
            let automatic = AutomaticPrecision.current
            try StandardOutput.write(
                """
                this machine: \(automatic.instructionSet), \(NativeEngine.defaultThreadCount) threads
                  automatic       \(automatic.plan)
                  because         \(automatic.reason)

                """)
        }
    }
}
