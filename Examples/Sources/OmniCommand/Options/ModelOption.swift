import ArgumentParser
import Foundation

/// Where the model is.
struct ModelOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The directory of the model.", valueName: "dir"))
    var model: String

    var url: URL { URL(filePath: model) }
}
