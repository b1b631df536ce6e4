from aftercart.cli.main import main

main()
