-- Says that many actors have work at a time. KEYS 1 due, 2 generations, 3 promises, 4 counter; ARGV 1 ms, then actors
-- include announce
for i = 2, #ARGV do announce(ARGV[i], ARGV[1]) end
return #ARGV - 1
